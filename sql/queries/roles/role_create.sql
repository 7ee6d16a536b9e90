-- A role of the organisation's own. Nobody makes a role that grants what their own does not.
-- $1 principal
-- $2 path organisation
-- $3 new_id
-- $4 body kind
-- $5 body key
-- $6 body name
-- $7 body purpose
-- $8 body_texts permissions
-- $9 new_id
-- $10 request_id
-- result: one
with a as (
    select x.*, r.permissions as held
    from access_structure($1, $2, 'role.manage', null) x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', '/permissions/' || w.position - 1, 'code', w.code, 'detail', w.detail)) as list
    from a
    cross join lateral (
        select n.position, 'unknown_reference' as code, 'There is no such permission.' as detail
        from unnest($8::text[]) with ordinality n(name, position)
        where not exists (select from permissions p where p.name = n.name)
        union all
        select n.position, 'not_held', 'Your own role does not grant this.'
        from unnest($8::text[]) with ordinality n(name, position)
        join permissions p on p.name = n.name
        where not n.name = any (a.held)
        order by position
    ) w
),
checked as (
    select a.organisation_id, a.member_id, a.override, a._status as access_status, f.list,
        case
            when a._status is not null then a._code
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'permission_denied'
        end as _code
    from a
    cross join faults f
),
created as (
    insert into roles (organisation_id, kind, key, id, name, purpose, permissions)
    select c.organisation_id, $4, $5, $3, $6, coalesce($7, ''), $8
    from checked c
    where c.access_status is null and c.list is null
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select r.organisation_id, $9, c.member_id, 'role.created', r.id, to_jsonb(r), c.override, $10
    from created r
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select coalesce(c.access_status, case c._code when 'invalid_reference' then 422 when 'permission_denied' then 403 end) as _status,
    c._code, case when c.access_status is null then c.list end as _errors,
    r.id || '-' || r.version as _etag, '/v1/organisations/' || r.organisation_id || '/roles/' || r.id as _location,
    r.id, r.kind, r.key, r.name, r.purpose, r.permissions, r.built_in, r.version, r.created_at, r.updated_at
from checked c
left join created r on true;
