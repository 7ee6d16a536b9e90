-- Changes a role of the organisation's own. What is added, the caller's own role must grant.
-- $1 principal
-- $2 path organisation
-- $3 path role
-- $4 body
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: one
with a as (
    select x.*, r.permissions as held
    from access_structure($1, $2, 'role.manage', null) x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
target as (
    select r.*, a.member_id, a.override, a.held, a._code as access_code,
        coalesce(a._status, case
            when not etag_matches($5, r.id || '-' || r.version) then 412
            when r.built_in then 409
        end) as early_status
    from a
    join roles r on r.organisation_id = a.organisation_id and (r.id::text = $3 or (r.kind = 'organisation' and r.key = $3))
    for no key update of r
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', '/permissions/' || w.position - 1, 'code', w.code, 'detail', w.detail)) as list
    from target t
    cross join lateral (
        select n.position, 'unknown_reference' as code, 'There is no such permission.' as detail
        from jsonb_array_elements_text(coalesce($4::jsonb -> 'permissions', '[]')) with ordinality n(name, position)
        where not exists (select from permissions p where p.name = n.name)
        union all
        select n.position, 'not_held', 'Your own role does not grant this.'
        from jsonb_array_elements_text(coalesce($4::jsonb -> 'permissions', '[]')) with ordinality n(name, position)
        join permissions p on p.name = n.name
        where not n.name = any (t.held) and not n.name = any (t.permissions)
        order by position
    ) w
),
checked as (
    select t.*, f.list,
        case
            when t.early_status = 409 then 'built_in'
            when t.early_status is not null then t.access_code
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'permission_denied'
        end as _code
    from target t
    cross join faults f
),
changed as (
    update roles r
    set name = coalesce($4::jsonb ->> 'name', r.name),
        purpose = coalesce($4::jsonb ->> 'purpose', r.purpose),
        permissions = case when $4::jsonb ? 'permissions'
            then array(select jsonb_array_elements_text($4::jsonb -> 'permissions')) else r.permissions end,
        version = r.version + 1,
        updated_at = now()
    from checked c
    where r.organisation_id = c.organisation_id and r.kind = c.kind and r.key = c.key
        and c.early_status is null and c.list is null
    returning r.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select r.organisation_id, $6, c.member_id, 'role.updated', r.id, to_jsonb(r), c.override, $7
    from changed r
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select coalesce(c.early_status, case c._code when 'invalid_reference' then 422 when 'permission_denied' then 403 end) as _status,
    c._code, case when c.early_status is null then c.list end as _errors, r.id || '-' || r.version as _etag,
    r.id, r.kind, r.key, r.name, r.purpose, r.permissions, r.built_in, r.version, r.created_at, r.updated_at
from checked c
left join changed r on true;
