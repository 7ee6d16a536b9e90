-- Whose record it is, for those who may read it; steps/decision_record.sql reads it.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select a._status, case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
    d.organisation_id, d.id
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d;
