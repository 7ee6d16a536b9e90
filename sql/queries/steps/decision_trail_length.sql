-- How many rows the trail of a decision has.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select c.length
from audit_chains c
where c.organisation_id = $1 and c.resource_id = $2;
