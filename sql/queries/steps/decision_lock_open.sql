-- Keeps others from changing a decision that may have ended. No row: it has, and is settled.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select d.id
from decisions d
where d.organisation_id = $1 and d.id = $2 and d.status = 'open'
for no key update of d;
