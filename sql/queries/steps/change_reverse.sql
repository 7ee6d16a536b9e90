-- The changes that undo one: of a creation asked after it, of anything else before it. What is made anew gets a new id and goes by its old
-- one as label, so that whatever follows may still name it so.
-- $1 value 0 organisation_id
-- $2 value 1 operation
-- $3 value 2 path
-- $4 value 3 body
-- $5 value 4 resource_id
-- result: one
with c as (
    select $2::text as operation, $3::jsonb as path, $4::jsonb as body, $5::text as resource_id
),
team as (
    select t.*, c.body
    from c
    join teams t on t.organisation_id = $1 and t.id = (c.path ->> 'team')::uuid
    where c.operation in ('team_update', 'team_delete')
),
hidden_by_it as (
    select b.id, cardinality(b.path) as depth
    from team t
    join teams b on b.organisation_id = t.organisation_id and b.path @> array[t.id] and b.id <> t.id and b.visibility = 'open'
    left join teams p on p.organisation_id = t.organisation_id and p.id = (t.body ->> 'parent_id')::uuid
    where t.body ->> 'visibility' = 'private' or p.visibility = 'private'
),
membership as (
    select tm.*, c.operation
    from c
    join team_members tm on tm.organisation_id = $1 and tm.team_id = (c.path ->> 'team')::uuid
        and (c.operation = 'team_delete' or tm.member_id = (c.path ->> 'member')::uuid)
    where c.operation in ('team_member_put', 'team_member_delete', 'team_delete')
),
delegation as (
    select l.*, c.operation
    from c
    join delegation_levels l on l.organisation_id = $1 and l.team_id = (c.path ->> 'team')::uuid
        and (c.operation = 'team_delete' or l.area_id = (c.path ->> 'area')::uuid)
    where c.operation in ('delegation_level_put', 'delegation_level_delete', 'team_delete')
),
area as (
    select r.*, c.operation, c.body
    from c
    join areas r on r.organisation_id = $1 and r.id = (c.path ->> 'area')::uuid
    where c.operation in ('area_update', 'area_delete')
),
role as (
    select r.*, c.operation, c.body
    from c
    join roles r on r.organisation_id = $1
        and (r.id::text = c.path ->> 'role' or (r.kind = 'organisation' and r.key = c.path ->> 'role'))
    where c.operation in ('role_update', 'role_delete')
),
framework as (
    select f.id, f.draft, f.latest_version, v.definition, c.operation, c.body
    from c
    join frameworks f on f.organisation_id = $1 and (f.key = c.path ->> 'framework' or f.id::text = lower(c.path ->> 'framework'))
    left join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id and v.number = f.latest_version
    where c.operation in ('framework_update', 'framework_publish', 'framework_delete')
),
step as (
    select 1 as place, replace(c.operation, '_create', '_delete') as operation,
        jsonb_build_object(replace(c.operation, '_create', ''), c.resource_id) as path, null::jsonb as body, null::text as label
    from c
    where c.operation in ('team_create', 'area_create', 'role_create', 'framework_create')
    union all
    select 1, 'team_update', jsonb_build_object('team', t.id), (
            select jsonb_object_agg(k.key, to_jsonb(t) -> k.key)
            from jsonb_object_keys(t.body || case when t.body ? 'parent_id' then '{"visibility": null}'::jsonb else '{}' end) k(key)
        ), null
    from team t
    cross join c
    where c.operation = 'team_update'
    union all
    select 1 + h.depth, 'team_update', jsonb_build_object('team', h.id), '{"visibility": "open"}', null
    from hidden_by_it h
    cross join c
    where c.operation = 'team_update'
    union all
    select 1, 'team_create', '{}', jsonb_build_object('name', t.name, 'purpose', t.purpose, 'kind', t.kind, 'visibility', t.visibility,
        'parent_id', t.parent_id), t.id::text
    from team t
    cross join c
    where c.operation = 'team_delete'
    union all
    select 2, 'team_member_put', jsonb_build_object('team', m.team_id, 'member', m.member_id),
        jsonb_strip_nulls(jsonb_build_object('role', m.role, 'starts_on', m.starts_on, 'ends_on', m.ends_on)), null
    from membership m
    union all
    select 1, 'team_member_delete', c.path, null, null
    from c
    where c.operation = 'team_member_put' and not exists (select from membership)
    union all
    select 3, 'delegation_level_put', jsonb_build_object('team', l.team_id, 'area', l.area_id),
        jsonb_strip_nulls(jsonb_build_object('level', l.level, 'delegator_id', l.delegator_id,
            'answer_within_days', l.answer_within_days, 'note', l.note)), null
    from delegation l
    union all
    select 1, 'delegation_level_delete', c.path, null, null
    from c
    where c.operation = 'delegation_level_put' and not exists (select from delegation)
    union all
    select 1, 'area_update', jsonb_build_object('area', r.id), (
            select jsonb_object_agg(k.key, to_jsonb(r) -> k.key)
            from jsonb_object_keys(r.body) k(key)
        ), null
    from area r
    where r.operation = 'area_update'
    union all
    select 1, 'area_create', '{}', jsonb_build_object('name', r.name, 'purpose', r.purpose, 'parent_id', r.parent_id), r.id::text
    from area r
    where r.operation = 'area_delete'
    union all
    select 1, 'role_update', jsonb_build_object('role', r.id), (
            select jsonb_object_agg(k.key, to_jsonb(r) -> k.key)
            from jsonb_object_keys(r.body) k(key)
        ), null
    from role r
    where r.operation = 'role_update'
    union all
    select 1, 'role_create', '{}', jsonb_build_object('kind', r.kind, 'key', r.key, 'name', r.name, 'purpose', r.purpose,
        'permissions', r.permissions), r.id::text
    from role r
    where r.operation = 'role_delete'
    union all
    select 1, 'member_update', c.path, jsonb_build_object('role', m.role), null
    from c
    join members m on m.organisation_id = $1 and m.id = (c.path ->> 'member')::uuid
    where c.operation = 'member_update'
    union all
    select 1, 'framework_update', jsonb_build_object('framework', f.id), jsonb_build_object('definition', patch_between(
        merge_patch(merge_patch(coalesce(f.draft, f.definition), coalesce(f.body -> 'definition', '{}')), f.body - 'definition'),
        coalesce(f.draft, f.definition))), null
    from framework f
    where f.operation = 'framework_update'
    union all
    select 1, 'framework_update', jsonb_build_object('framework', f.id),
        jsonb_build_object('definition', patch_between(f.draft, f.definition)), null
    from framework f
    where f.operation = 'framework_publish' and f.definition is not null
    union all
    select 2, case when f.definition is null then 'framework_delete' else 'framework_publish' end,
        jsonb_build_object('framework', f.id), null, null
    from framework f
    where f.operation = 'framework_publish'
    union all
    select 1, 'framework_create', '{}', jsonb_build_object('definition', coalesce(f.definition, f.draft)), f.id::text
    from framework f
    where f.operation = 'framework_delete'
    union all
    select 2, 'framework_publish', jsonb_build_object('framework', f.id), null, null
    from framework f
    where f.operation = 'framework_delete' and f.definition is not null
    union all
    select 1, 'organisation_update', '{}', (
            select jsonb_object_agg(k.key, case k.key
                when 'settings' then patch_between(merge_patch(o.settings, c.body -> 'settings'), o.settings)
                else to_jsonb(o) -> k.key
            end)
            from jsonb_object_keys(c.body) k(key)
        ), null
    from c
    join organisations o on o.organisation_id = $1
    where c.operation = 'organisation_update'
)
select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('operation', s.operation, 'as', s.label))
        || jsonb_build_object('path', s.path) || case when s.body is null then '{}' else jsonb_build_object('body', s.body) end
    order by s.place), '[]') as reverse
from step s;
