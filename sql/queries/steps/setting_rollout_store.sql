-- How far a changed setting has got; others come first now. Without decisions it has got everywhere.
-- $1 value 0 organisation_id
-- $2 value 1 setting
-- $3 value 2 decisions
-- result: none
with gone as (
    delete from setting_rollouts r
    where r.organisation_id = $1 and r.setting = $2 and $3::uuid[] is null
)
update setting_rollouts r
set decision_id = (
        select max(d::text)::uuid
        from unnest($3::uuid[]) d
    ),
    due_at = now()
where r.organisation_id = $1 and r.setting = $2 and $3::uuid[] is not null;
