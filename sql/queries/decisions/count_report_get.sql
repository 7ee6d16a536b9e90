-- The count report, in the bytes in which it was stored. Of fewer than three secret ballots nothing shows.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select coalesce(a._status, case when o.outcome is null then 409 when p.hidden then 403 end) as _status,
    case
        when a._status is null and o.outcome is null then 'decision_state'
        when a._status is null and p.hidden then 'participation_hidden'
    end as _code,
    case when a._status is null and o.outcome is null then 'There is no count before the decision is closed.' end as _detail,
    case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
    o.count_report
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
left join outcomes o on o.organisation_id = d.organisation_id and o.decision_id = d.id
cross join lateral (
    select d.secret and count(*) < 3 as hidden
    from secret_voters v
    where v.organisation_id = d.organisation_id and v.decision_id = d.id and v.revision = d.revision
) p;
