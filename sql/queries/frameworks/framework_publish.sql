-- Makes the draft, which has been checked after framework_draft, the next version.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 new_id
-- $5 request_id
-- result: one
with a as (
    select * from access_structure($1, $2, 'framework.manage', null)
),
target as (
    select f.organisation_id, f.id, f.draft, coalesce(f.latest_version, 0) + 1 as number, a.member_id, a.override
    from a
    join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
    where a.granted and not f.built_in and f.draft is not null
    for update of f
),
published as (
    insert into framework_versions (organisation_id, framework_id, number, definition, published_by)
    select t.organisation_id, t.id, t.number, t.draft, t.member_id
    from target t
),
changed as (
    update frameworks f
    set status = 'published',
        latest_version = t.number,
        draft = null,
        version = f.version + 1,
        updated_at = now()
    from target t
    where f.organisation_id = t.organisation_id and f.id = t.id
    returning f.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select f.organisation_id, $4, t.member_id, 'framework.published', f.id,
        to_jsonb(f) - 'draft' || jsonb_build_object('definition', t.draft), t.override, $5
    from changed f
    cross join target t
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select f.version::text as _etag,
    f.id, f.key, f.name, f.purpose, f.built_in, f.status, f.latest_version, false as has_draft, t.draft as definition,
    f.created_by, f.version, f.created_at, f.updated_at
from changed f
cross join target t;
