-- Keeps every other change of the service account waiting until this transaction ends. A statement of its own, so that the one
-- after it counts the secrets that those before it have made.
-- $1 principal
-- $2 path organisation
-- $3 path service_account
-- result: one
select s.id
from access($1, $2, 'service_account.manage') a
join service_accounts s on s.organisation_id = a.organisation_id and s.id = $3
where a.granted
for no key update of s;
