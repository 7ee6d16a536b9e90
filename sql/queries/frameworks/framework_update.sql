-- Keeps a draft that framework_edited has made and that has been checked.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 value 0 definition
-- $5 new_id
-- $6 request_id
-- result: one
with a as (
    select * from access($1, $2, 'framework.manage')
),
changed as (
    update frameworks f
    set name = $4::jsonb ->> 'name',
        purpose = coalesce($4::jsonb ->> 'purpose', ''),
        draft = $4::jsonb,
        version = f.version + 1,
        updated_at = now()
    from a
    where a.granted and f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3)) and not f.built_in
    returning f.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select f.organisation_id, $5, a.member_id, 'framework.updated', f.id, to_jsonb(f), $6
    from changed f
    cross join a
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select f.version::text as _etag,
    f.id, f.key, f.name, f.purpose, f.built_in, f.status, f.latest_version, true as has_draft, f.draft as definition,
    f.created_by, f.version, f.created_at, f.updated_at
from changed f;
