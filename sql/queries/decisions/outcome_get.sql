-- What came out.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select coalesce(a._status, case when o.outcome is null then 409 end) as _status,
    case when a._status is null and o.outcome is null then 'decision_state' end as _code,
    case when a._status is null and o.outcome is null then 'There is no outcome before the decision is closed.' end as _detail,
    case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle, d.version::text as _etag,
    d.id as decision_id, o.outcome, o.winners, o.rationale,
    case when d.definition #>> '{rule,method}' = 'role_election' then (o.count_report::jsonb -> 'assignment') end as assignment, o.closed_by, o.closed_at, o.follow_up_id
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
left join outcomes o on o.organisation_id = d.organisation_id and o.decision_id = d.id;
