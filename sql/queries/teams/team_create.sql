-- A new team. Whoever may not place teams freely makes working groups only, and only where governance is open.
-- $1 principal
-- $2 path organisation
-- $3 new_id
-- $4 body name
-- $5 body purpose
-- $6 body kind
-- $7 body visibility
-- $8 body parent_id
-- $9 new_id
-- $10 request_id
-- result: one
with a as (
    select x.organisation_id, x.member_id, x.role, x.reads_private, x.governance_mode, x.granted, p.anywhere
    from access($1, $2, 'team.create') x
    cross join lateral (
        select holds($1, $2, 'team.create_any') or team_grants((
            select t.path
            from teams t
            where t.organisation_id = x.organisation_id and t.id = $8
        ), x.organisation_id, x.member_id, 'team.create') as anywhere
    ) p
),
-- A move takes this row for itself, so that no path is read while it is being written.
locked as (
    select o.organisation_id
    from a
    join organisations o on o.organisation_id = a.organisation_id
    where $8 is not null
    for share of o
),
parent as (
    select t.id, t.path, t.visibility
    from a
    join locked l on l.organisation_id = a.organisation_id
    join teams t on t.organisation_id = l.organisation_id and t.id = $8
    where t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id)
    for share of t
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from locked
    left join parent p on true
    cross join lateral (
        select '/parent_id' as pointer, 'unknown_reference' as code, 'There is no such team.' as detail
        where $8 is not null and p.id is null
        union all
        select '/parent_id', 'too_deep', 'Teams may be nested 32 deep.'
        where cardinality(p.path) >= 32
        union all
        select '/visibility', 'private_parent', 'Below a private team all teams are private.'
        where p.visibility = 'private' and $7 = 'open'
    ) f
),
checked as (
    select a.organisation_id, a.member_id, a.governance_mode = 'governed' as override, p.path, p.visibility,
        case when r.code in ('invalid_reference', 'invalid_body') then f.list end as list, r.code as _code,
        case when r.code in ('invalid_reference', 'invalid_body') then 422 when r.code is not null then 403 end as _status
    from a
    cross join faults f
    left join parent p on true
    cross join lateral (
        select case
            when not (a.granted or a.anywhere) then 'permission_denied'
            when a.governance_mode = 'governed' and a.role <> 'owner' then 'governed_structure'
            when not a.anywhere and ($6 <> 'working_group' or a.governance_mode <> 'open') then 'permission_denied'
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'invalid_body'
        end as code
    ) r
),
created as (
    insert into teams (organisation_id, id, parent_id, path, name, purpose, kind, visibility, created_by)
    select c.organisation_id, $3, $8, coalesce(c.path, '{}') || $3::uuid, $4, coalesce($5, ''), $6,
        coalesce($7, c.visibility, 'open'), c.member_id
    from checked c
    where c._status is null
    returning *
),
lead as (
    insert into team_members (organisation_id, team_id, member_id, role, id)
    select t.organisation_id, t.id, t.created_by, 'lead', derived_id(t.id, 'lead')
    from created t
    where t.created_by is not null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select t.organisation_id, $9, t.created_by, 'team.created', t.id, to_jsonb(t), c.override, $10
    from created t
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, c._code, c.list as _errors,
    t.version::text as _etag, '/v1/organisations/' || t.organisation_id || '/teams/' || t.id as _location,
    t.id, t.parent_id, t.path, t.name, t.purpose, t.kind, t.visibility, t.created_by, t.version, t.created_at, t.updated_at
from checked c
left join created t on true;
