-- Lets others go first: this one has failed.
-- $1 value 0 organisation_id
-- $2 value 1 setting
-- result: none
update setting_rollouts r
set due_at = now() + interval '10 seconds'
where r.organisation_id = $1 and r.setting = $2;
