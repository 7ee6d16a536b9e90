-- One revision of the text. Only the first one of a draft changes.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path revision
-- result: one
select a._status, case when d.status = 'draft' then d.version || '-draft' else r.number::text end as _etag,
    r.number, r.title, r.text, r.note, r.author_id, r.created_at
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = $4;
