-- Keeps others from changing a decision whose time has come. No row: somebody else was faster.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select d.organisation_id, d.id
from decisions d
where d.organisation_id = $1 and d.id = $2 and d.status = 'open' and d.phase_due_at <= now()
for no key update of d;
