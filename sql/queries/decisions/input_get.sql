-- One input, if the caller may see it.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path input
-- result: one
select a._status, i.id || '-' || i.version as _etag,
    i.id, i.decision_id, i.member_id, i.type, i.phase, i.round, i.revision,
    nullif(i.subject_id, '00000000-0000-0000-0000-000000000000') as subject, i.data, i.version, i.created_at
from access_decision($1, $2, 'decision.read', $3) a
join decisions d on d.organisation_id = a.organisation_id and d.id = $3
join inputs i on i.organisation_id = d.organisation_id and i.decision_id = d.id and i.id = $4
    and input_shown(i.hidden, i.member_id, a.member_id, i.revision, i.round, i.phase, d);
