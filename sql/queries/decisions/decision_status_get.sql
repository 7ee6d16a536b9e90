-- Where the decision stands, for a gate that waits for it. How many have voted in secret shows from three on.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select a._status, case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
    d.version || '-' || coalesce(p.shown, 0) as _etag,
    d.id, d.status, d.phase, d.round, d.revision, d.outcome, d.outcome is not distinct from 'adopted' as adopted,
    case when d.status = 'open' then d.phase_due_at end as due_at, p.shown as ballots_cast
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
cross join lateral (
    select case when not d.secret then (
        select count(*)
        from ballots b
        where b.organisation_id = d.organisation_id and b.decision_id = d.id and b.revision = d.revision
    ) else (
        select nullif(greatest(count(*), 2), 2)
        from secret_voters v
        where v.organisation_id = d.organisation_id and v.decision_id = d.id and v.revision = d.revision
    ) end as shown
) p;
