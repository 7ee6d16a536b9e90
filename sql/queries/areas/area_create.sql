-- A new area.
-- $1 principal
-- $2 path organisation
-- $3 new_id
-- $4 body name
-- $5 body purpose
-- $6 body parent_id
-- $7 new_id
-- $8 request_id
-- result: one
with a as (
    select * from access_structure($1, $2, 'area.manage', null)
),
-- A move takes this row for itself, so that no path is read while it is being written.
locked as (
    select o.organisation_id
    from a
    join organisations o on o.organisation_id = a.organisation_id
    where $6::uuid is not null
    for share of o
),
parent as (
    select r.id, r.path
    from locked l
    join areas r on r.organisation_id = l.organisation_id and r.id = $6
    for share of r
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', '/parent_id', 'code', f.code, 'detail', f.detail)) as list
    from locked
    left join parent p on true
    cross join lateral (
        select 'unknown_reference' as code, 'There is no such area.' as detail
        where p.id is null
        union all
        select 'too_deep', 'Areas may be nested 32 deep.'
        where cardinality(p.path) >= 32
    ) f
),
checked as (
    select a.organisation_id, a.member_id, a.override, p.path, case when a._status is null then f.list end as list,
        coalesce(a._status, case when f.list is not null then 422 end) as _status,
        case
            when a._status is not null then a._code
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'invalid_body'
        end as _code
    from a
    cross join faults f
    left join parent p on true
),
created as (
    insert into areas (organisation_id, id, parent_id, path, name, purpose, created_by)
    select c.organisation_id, $3, $6, coalesce(c.path, '{}') || $3::uuid, $4, coalesce($5, ''), c.member_id
    from checked c
    where c._status is null
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select r.organisation_id, $7, r.created_by, 'area.created', r.id, to_jsonb(r), c.override, $8
    from created r
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, c._code, c.list as _errors,
    r.version::text as _etag, '/v1/organisations/' || r.organisation_id || '/areas/' || r.id as _location,
    r.id, r.parent_id, r.path, r.name, r.purpose, r.created_by, r.version, r.created_at, r.updated_at
from checked c
left join created r on true;
