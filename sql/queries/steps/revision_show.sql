-- The current revision of the text.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select r.number::text as _etag,
    '/v1/organisations/' || d.organisation_id || '/decisions/' || d.id || '/revisions/' || r.number as _location,
    r.number, r.title, r.text, r.note, r.author_id, r.created_at
from decisions d
join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
where d.organisation_id = $1 and d.id = $2;
