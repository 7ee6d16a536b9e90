-- A changed setting that nobody else is at.
-- result: one
select r.organisation_id, r.setting, r.decision_id
from setting_rollouts r
where r.due_at <= now()
order by r.due_at
limit 1
for update skip locked;
