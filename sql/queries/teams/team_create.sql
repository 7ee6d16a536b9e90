-- A new team. Members without team.create_any make working groups only, and only where governance is open.
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
    select x.*, any_kind.granted or leads.granted as anywhere
    from access_structure($1, $2, 'team.create', null) x
    cross join lateral (
        select 'team.create_any' = any (r.permissions) as granted
        from roles r
        where r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
    ) any_kind
    cross join lateral (
        select exists (
            select
            from teams t
            join team_members tm on tm.organisation_id = t.organisation_id and tm.team_id = any (t.path)
                and tm.member_id = x.member_id
            join roles r on r.organisation_id = tm.organisation_id and r.kind = 'team' and r.key = tm.role
            where t.organisation_id = x.organisation_id and t.id = $8 and 'team.create' = any (r.permissions)
        ) as granted
    ) leads
),
parent as (
    select t.id, t.path
    from a
    join teams t on t.organisation_id = a.organisation_id and t.id = $8
    for share of t
),
checked as (
    select a.organisation_id, a.member_id, a.override, coalesce(p.path, '{}') || $3::uuid as path,
        case
            when a._status is not null then a._status
            when not a.anywhere and ($6 <> 'working_group' or a.governance_mode <> 'open') then 403
            when $8::uuid is not null and p.id is null then 422
        end as _status,
        case when a._status is null and $8::uuid is not null and p.id is null then 'invalid_reference' else a._code end as _code
    from a
    left join parent p on true
),
created as (
    insert into teams (organisation_id, id, parent_id, path, name, purpose, kind, visibility, created_by)
    select c.organisation_id, $3, $8, c.path, $4, coalesce($5, ''), $6, coalesce($7, 'open'), c.member_id
    from checked c
    where c._status is null
    returning *
),
lead as (
    insert into team_members (organisation_id, team_id, member_id, role, id)
    select t.organisation_id, t.id, t.created_by, 'lead', derived_id(t.id, 'lead')
    from created t
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
select c._status, c._code,
    case when c._code = 'invalid_reference' then
        '[{"pointer": "/parent_id", "code": "unknown_reference", "detail": "There is no such team."}]'::jsonb
    end as _errors,
    t.version::text as _etag, '/v1/organisations/' || t.organisation_id || '/teams/' || t.id as _location,
    t.id, t.parent_id, t.path, t.name, t.purpose, t.kind, t.visibility, t.created_by, t.version, t.created_at, t.updated_at
from checked c
left join created t on true;
