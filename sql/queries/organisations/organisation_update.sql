-- Changes the members of the organisation that the patch names.
-- $1 principal
-- $2 path organisation
-- $3 body
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: one
with a as (
    select * from access_structure($1, $2, 'organisation.update', null)
),
target as (
    select o.*, a.member_id, a.override, a._code,
        coalesce(a._status, case when not etag_matches($4, o.version::text) then 412 end) as _status
    from a
    join organisations o on o.organisation_id = a.organisation_id
    for update of o
),
changed as (
    update organisations o
    set handle = coalesce($3::jsonb ->> 'handle', o.handle),
        name = coalesce($3::jsonb ->> 'name', o.name),
        purpose = coalesce($3::jsonb ->> 'purpose', o.purpose),
        settings = merge_patch(o.settings, coalesce($3::jsonb -> 'settings', '{}')),
        governance_mode = coalesce($3::jsonb ->> 'governance_mode', o.governance_mode),
        version = o.version + 1,
        updated_at = now()
    from target t
    where o.organisation_id = t.organisation_id and t._status is null
    returning o.*
),
renamed as (
    update organisation_names n
    set name = c.handle
    from target t
    join changed c on c.organisation_id = t.organisation_id
    where n.name = t.handle and c.handle <> t.handle
),
rolled_out as (
    insert into setting_rollouts as r (organisation_id, setting)
    select c.organisation_id, k.setting
    from changed c
    join target t on t.organisation_id = c.organisation_id
    cross join unnest(array['language', 'reminders']) k (setting)
    where c.settings -> k.setting is distinct from t.settings -> k.setting
    on conflict on constraint setting_rollouts_pkey do update
    set decision_id = default,
        due_at = default
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select c.organisation_id, $5, t.member_id, 'organisation.updated', c.organisation_id, to_jsonb(c), t.override, $6
    from changed c
    join target t on t.organisation_id = c.organisation_id
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status, case when t._status = 403 then t._code end as _code, c.version::text as _etag,
    c.organisation_id as id, c.handle, c.name, c.purpose, c.settings, c.governance_mode, c.version, c.created_at,
    c.updated_at
from target t
left join changed c on c.organisation_id = t.organisation_id;
