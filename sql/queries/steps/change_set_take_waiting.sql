-- An adopted decision whose changes wait to be tried again, and that nobody else is at; none of those that failed just before.
-- $1 value 0 failed
-- result: one
select d.organisation_id, d.id
from change_sets s
join decisions d on d.organisation_id = s.organisation_id and d.id = s.decision_id
where s.retry_at <= now() and s.status = 'proposed' and d.status in ('in_force', 'kept', 'amended') and not d.id = any ($1::uuid[])
order by s.retry_at
limit 1
for no key update of d skip locked;
