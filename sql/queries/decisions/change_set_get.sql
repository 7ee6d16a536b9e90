-- The changes that belong to the current text of the decision, and which decision's they undo, as far as the caller may see that one.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select coalesce(a._status, case when s.id is null or s.changes = '[]' then 404 end) as _status,
    case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
    s.id || '-' || s.version as _etag, s.decision_id, s.revision, s.status, s.changes, shown_decision($1, $2, s.reverses) as reverses, s.author_id, s.authority, s.authorised_by, s.failure,
    case when s.waits_for is not null and d.status in ('in_force', 'kept', 'amended') then
        jsonb_build_object('reason', s.waits_for, 'tries', s.tries, 'retry_at', utc_text(s.retry_at)) end as waiting,
    s.resources, s.reverse,
    s.applied_at, s.reversed_at, s.version, s.created_at, s.updated_at
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
left join lateral (
    select s.*
    from change_sets s
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision <= d.revision
    order by s.revision desc
    limit 1
) s on true;
