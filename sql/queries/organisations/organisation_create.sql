-- A new organisation with the caller as its owner, the built-in roles and the built-in frameworks.
-- $1 principal
-- $2 new_id
-- $3 body handle
-- $4 body name
-- $5 body purpose
-- $6 body settings
-- $7 body governance_mode
-- $8 new_id
-- $9 new_id
-- $10 request_id
-- result: one
with caller as (
    select p.id, p.display_name, p.email, p.title, p.function, p.location, p.time_zone,
        case when ($1::principal).organisation_id is not null then 403 end as _status
    from people p
    where p.id = ($1::principal).person_id
),
created as (
    insert into organisations (organisation_id, handle, name, purpose, settings, governance_mode)
    select $2, $3, $4, coalesce($5, ''), coalesce($6::jsonb, '{}'), coalesce($7, 'open')
    from caller
    where _status is null
    returning *
),
names as (
    insert into organisation_names (name, organisation_id)
    select unnest(array[c.handle, c.organisation_id::text]), c.organisation_id
    from created c
),
roles as (
    insert into roles (organisation_id, kind, key, id, name, permissions, built_in)
    select c.organisation_id, b.kind, b.key, derived_id(c.organisation_id, b.kind || b.key), b.name, b.permissions, true
    from created c
    cross join built_in_roles b
    where b.kind <> 'decision'
),
owner as (
    insert into members
        (organisation_id, id, person_id, status, role, display_name, email, title, function, location, time_zone, joined_at)
    select c.organisation_id, $8, p.id, 'active', 'owner', p.display_name, p.email, p.title, p.function, p.location,
        p.time_zone, now()
    from created c
    cross join caller p
    returning *
),
frameworks as (
    insert into frameworks (organisation_id, id, key, name, purpose, built_in, status, latest_version)
    select c.organisation_id, derived_id(c.organisation_id, b.key), b.key, b.definition ->> 'name',
        b.definition ->> 'purpose', true, 'published', 1
    from created c
    cross join built_in_frameworks b
    returning *
),
versions as (
    insert into framework_versions (organisation_id, framework_id, number, definition)
    select f.organisation_id, f.id, 1, b.definition
    from frameworks f
    join built_in_frameworks b on b.key = f.key
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select c.organisation_id, $9, o.id, 'organisation.created', c.organisation_id, to_jsonb(c), $10
    from created c
    cross join owner o
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select case when k.id is null then 401 else k._status end as _status,
    case when k.id is null then 'invalid_token' when k._status = 403 then 'token_pinned' end as _code,
    c.version::text as _etag, '/v1/organisations/' || c.organisation_id as _location,
    c.organisation_id as id, c.handle, c.name, c.purpose, c.settings, c.governance_mode, c.version, c.created_at,
    c.updated_at
from (values (1)) one
left join caller k on true
left join created c on true;
