-- Changes the members of the area that the patch names. Moved, it takes all areas below it along. A move runs after area_lock, in the same
-- transaction.
-- $1 principal
-- $2 path organisation
-- $3 path area
-- $4 body
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: one
with a as (
    select * from access_structure($1, $2, 'area.manage', null)
),
wanted as (
    select r.organisation_id, r.id, r.path, r.parent_id, a.member_id, a.override, a._code as access_code,
        case when $4::jsonb ? 'parent_id' then ($4::jsonb ->> 'parent_id')::uuid else r.parent_id end as new_parent_id,
        coalesce(a._status, case when not etag_matches($5, r.version::text) then 412 end) as access_status
    from a
    join areas r on r.organisation_id = a.organisation_id and r.id = $3
    for no key update of r
),
parent as (
    select r.id, r.path
    from wanted w
    join areas r on r.organisation_id = w.organisation_id and r.id = w.new_parent_id
    where $4::jsonb ? 'parent_id'
),
below as (
    select max(cardinality(r.path)) as depth
    from wanted w
    join areas r on r.organisation_id = w.organisation_id and r.path @> array[w.id]
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', '/parent_id', 'code', f.code, 'detail', f.detail)) as list
    from wanted w
    cross join below b
    left join parent p on true
    cross join lateral (
        select 'unknown_reference' as code, 'There is no such area.' as detail
        where $4::jsonb ->> 'parent_id' is not null and p.id is null
        union all
        select 'cycle', 'An area can''t lie below itself.'
        where w.id = any (p.path)
        union all
        select 'too_deep', 'Areas may be nested 32 deep.'
        where not w.id = any (p.path) and cardinality(p.path) + b.depth - cardinality(w.path) + 1 > 32
    ) f
),
target as (
    select w.*, w.new_parent_id is distinct from w.parent_id as moved, coalesce(p.path, '{}') as parent_path,
        case when w.access_status is null then f.list end as list,
        coalesce(w.access_status, case when f.list is not null then 422 end) as _status,
        case
            when w.access_status is not null then w.access_code
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'invalid_body'
        end as _code
    from wanted w
    cross join faults f
    left join parent p on true
),
changed as (
    update areas r
    set parent_id = case when r.id = x.id then x.new_parent_id else r.parent_id end,
        path = case when x.moved then x.parent_path || r.path[cardinality(x.path):] else r.path end,
        name = case when r.id = x.id then coalesce($4::jsonb ->> 'name', r.name) else r.name end,
        purpose = case when r.id = x.id then coalesce($4::jsonb ->> 'purpose', r.purpose) else r.purpose end,
        version = r.version + 1,
        updated_at = now()
    from target x
    where r.organisation_id = x.organisation_id and x._status is null
        and (r.id = x.id or (x.moved and r.path @> array[x.id]))
    returning r.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select c.organisation_id, case when c.id = x.id then $6 else derived_id($6, c.id::text) end, x.member_id,
        'area.updated', c.id, to_jsonb(c), x.override, $7
    from changed c
    cross join target x
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select x._status, x._code, x.list as _errors, c.version::text as _etag,
    c.id, c.parent_id, c.path, c.name, c.purpose, c.created_by, c.version, c.created_at, c.updated_at
from target x
left join changed c on c.id = x.id;
