-- The changes that belong to the current text of the decision, and which decision's they undo, as far as the caller may see that one.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 principal
-- $4 path organisation
-- result: one
select s.id || '-' || s.version as _etag, s.decision_id, s.revision, s.status, s.changes, shown_decision($3, $4, s.reverses) as reverses, s.author_id, s.authority, s.authorised_by, s.failure,
    case when s.waits_for is not null and d.status in ('in_force', 'kept', 'amended') then
        jsonb_build_object('reason', s.waits_for, 'tries', s.tries, 'retry_at', utc_text(s.retry_at)) end as waiting,
    s.resources, s.reverse,
    s.applied_at, s.reversed_at, s.version, s.created_at, s.updated_at
from decisions d
join change_sets s on s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision <= d.revision
where d.organisation_id = $1 and d.id = $2
order by s.revision desc
limit 1;
