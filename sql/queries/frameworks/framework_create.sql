-- A new framework as a draft. The definition was made by framework_source and has been checked.
-- $1 principal
-- $2 path organisation
-- $3 new_id
-- $4 value 0 definition
-- $5 new_id
-- $6 request_id
-- result: one
with created as (
    insert into frameworks (organisation_id, id, key, name, purpose, draft, created_by)
    select a.organisation_id, $3, $4::jsonb ->> 'key', $4::jsonb ->> 'name', coalesce($4::jsonb ->> 'purpose', ''), $4::jsonb,
        a.member_id
    from access($1, $2, 'framework.manage') a
    where a.granted
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select f.organisation_id, $5, f.created_by, 'framework.created', f.id, to_jsonb(f), $6
    from created f
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select f.version::text as _etag, '/v1/organisations/' || f.organisation_id || '/frameworks/' || f.id as _location,
    f.id, f.key, f.name, f.purpose, f.built_in, f.status, f.latest_version, true as has_draft, f.draft as definition,
    f.created_by, f.version, f.created_at, f.updated_at
from created f;
