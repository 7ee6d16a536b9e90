-- The decision as it is now, with its current text.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select d.version::text as _etag,
    d.id, d.team_id, d.area_id, d.delegation, d.title, r.text, d.proposer_id, d.framework_id, f.key as framework_key, d.framework_version,
    d.configuration, d.secret, d.status, d.phase, d.round, d.revision, d.due_at, d.opened_at, d.phase_started_at,
    d.phase_due_at, d.closed_at, d.outcome, d.review_at, d.version, d.created_at, d.updated_at
from decisions d
join frameworks f on f.organisation_id = d.organisation_id and f.id = d.framework_id
join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
where d.organisation_id = $1 and d.id = $2;
