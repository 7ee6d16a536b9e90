-- Changes the members of the team that the patch names. Moved, it takes all teams below it along, so the caller must see them all; made
-- private, it hides them too.
-- A patch of place or visibility runs after structure_lock, in the same transaction.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 body
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: one
with a as (
    select * from access_structure($1, $2, 'team.update', $3)
),
wanted as (
    select t.organisation_id, t.id, t.path, t.kind, t.visibility, a.member_id, a.override, a.governance_mode,
        coalesce($4::jsonb ->> 'kind', t.kind) as new_kind,
        coalesce($4::jsonb ->> 'visibility', t.visibility) as new_visibility,
        case when $4::jsonb ? 'parent_id' then ($4::jsonb ->> 'parent_id')::uuid else t.parent_id end as new_parent_id,
        t.parent_id, $4::jsonb ?| array['parent_id', 'visibility'] as reordered, a._code as access_code,
        coalesce(a._status, case when not etag_matches($5, t.version::text) then 412 end) as access_status
    from a
    join teams t on t.organisation_id = a.organisation_id and t.id = $3
    for no key update of t
),
parent as (
    select t.id, t.path, t.visibility
    from wanted w
    join teams t on t.organisation_id = w.organisation_id and t.id = w.new_parent_id
    where w.reordered and (w.new_parent_id is not distinct from w.parent_id or t.visibility = 'open'
        or sees_team(t.path, w.organisation_id, w.member_id) or holds($1, $2, 'team.read_private'))
),
below as (
    select t.id, t.path
    from wanted w
    join teams t on t.organisation_id = w.organisation_id and t.path @> array[w.id]
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from wanted w
    left join parent p on true
    cross join lateral (
        select '/parent_id' as pointer, 'unknown_reference' as code, 'There is no such team.' as detail
        where w.reordered and w.new_parent_id is not null and p.id is null
        union all
        select '/parent_id', 'cycle', 'A team can''t lie below itself.'
        where w.id = any (p.path)
        union all
        select '/parent_id', 'too_deep', 'Teams may be nested 32 deep.'
        where not w.id = any (p.path)
            and cardinality(p.path) + (select max(cardinality(b.path)) from below b) - cardinality(w.path) + 1 > 32
        union all
        select '/visibility', 'private_parent', 'Below a private team all teams are private.'
        where p.visibility = 'private' and $4::jsonb ->> 'visibility' = 'open'
    ) f
),
target as (
    select w.*, w.new_parent_id is distinct from w.parent_id as moved, u.unseen, coalesce(p.path, '{}') as parent_path, r.code as _code,
        case when p.visibility = 'private' then 'private' else w.new_visibility end as visibility_now,
        case when r.code in ('invalid_reference', 'invalid_body') then f.list end as list,
        case
            when w.access_status is not null then w.access_status
            when r.code in ('invalid_reference', 'invalid_body') then 422
            when r.code is not null then 403
        end as _status
    from wanted w
    cross join faults f
    left join parent p on true
    cross join lateral (
        select w.access_status is null and w.new_parent_id is distinct from w.parent_id
            and not (sees_team(w.path, w.organisation_id, w.member_id) or holds($1, $2, 'team.read_private')) as unseen
    ) u
    cross join lateral (
        select case
            when w.access_status is not null then w.access_code
            when u.unseen then 'permission_denied'
            when (w.new_kind <> w.kind or w.new_parent_id is distinct from w.parent_id)
                and not holds($1, $2, 'team.create_any')
                and not team_grants((
                    select n.path
                    from teams n
                    where n.organisation_id = w.organisation_id and n.id = w.new_parent_id
                ), w.organisation_id, w.member_id, 'team.create')
                and (w.new_kind <> 'working_group' or w.governance_mode <> 'open') then 'permission_denied'
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'invalid_body'
        end as code
    ) r
),
changed as (
    update teams t
    set parent_id = case when t.id = x.id then x.new_parent_id else t.parent_id end,
        path = case when x.moved then x.parent_path || t.path[cardinality(x.path):] else t.path end,
        name = case when t.id = x.id then coalesce($4::jsonb ->> 'name', t.name) else t.name end,
        purpose = case when t.id = x.id then coalesce($4::jsonb ->> 'purpose', t.purpose) else t.purpose end,
        kind = case when t.id = x.id then x.new_kind else t.kind end,
        visibility = case when x.reordered and (t.id = x.id or x.visibility_now = 'private') then x.visibility_now
            else t.visibility end,
        version = t.version + 1,
        updated_at = now()
    from target x
    where t.organisation_id = x.organisation_id and x._status is null
        and (t.id = x.id or (t.path @> array[x.id] and x.reordered
            and (x.moved or (x.visibility_now = 'private' and t.visibility = 'open'))))
    returning t.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select c.organisation_id, case when c.id = x.id then $6 else derived_id($6, c.id::text) end, x.member_id,
        'team.updated', c.id, to_jsonb(c), x.override, $7
    from changed c
    cross join target x
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select x._status, x._code, case when x.unseen then 'team.read_private' end as _permission, x.list as _errors,
    c.version::text as _etag,
    c.id, c.parent_id, c.path, c.name, c.purpose, c.kind, c.visibility, c.created_by, c.version, c.created_at, c.updated_at
from target x
left join changed c on c.id = x.id;
