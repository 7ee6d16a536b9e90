-- A decision whose time has come and that nobody else is at; none of those that could not be settled just before.
-- $1 value 0 failed
-- result: one
select d.organisation_id, d.id
from decisions d
where d.status = 'open' and d.phase_due_at <= now() and not d.id = any ($1::uuid[])
order by d.phase_due_at
limit 1
for no key update of d skip locked;
