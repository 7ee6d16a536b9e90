-- Puts a member into the team, or says anew in which role and for how long.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 path member
-- $5 body role
-- $6 body starts_on
-- $7 body ends_on
-- $8 if_match
-- $9 new_id
-- $10 new_id
-- $11 request_id
-- result: one
with a as (
    select * from access_structure($1, $2, 'team_member.manage', $3)
),
member as (
    select m.organisation_id, m.id, m.display_name
    from a
    join members m on m.organisation_id = a.organisation_id and m.id = $4
    where m.status <> 'left'
    for share of m
),
present as (
    select tm.id, tm.version
    from a
    join team_members tm on tm.organisation_id = a.organisation_id and tm.team_id = $3 and tm.member_id = $4
    for update of tm
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from a
    cross join lateral (
        select '/role' as pointer, 'unknown_reference' as code, 'There is no such team role.' as detail
        where not exists (
            select from roles r
            where r.organisation_id = a.organisation_id and r.kind = 'team' and r.key = coalesce($5, 'member')
        )
        union all
        select '/ends_on', 'range_inverted', 'The end lies before the start.'
        where $7::date < $6::date
    ) f
),
checked as (
    select a.organisation_id, a.member_id as actor_id, a.override, m.id as member_id, m.display_name, f.list,
        case
            when a._status is not null then a._status
            when not etag_matches($8, coalesce(p.id || '-' || p.version, '')) then 412
            when f.list is not null then 422
        end as _status,
        case
            when a._status is not null then a._code
            when etag_matches($8, coalesce(p.id || '-' || p.version, '')) and f.list @> '[{"code": "unknown_reference"}]'
                then 'invalid_reference'
        end as _code
    from a
    join member m on m.organisation_id = a.organisation_id
    cross join faults f
    left join present p on true
),
changed as (
    insert into team_members as tm (organisation_id, team_id, member_id, role, id, starts_on, ends_on)
    select c.organisation_id, $3, c.member_id, coalesce($5, 'member'), $9, $6, $7
    from checked c
    where c._status is null
    on conflict on constraint team_members_pkey do update
    set role = excluded.role,
        starts_on = excluded.starts_on,
        ends_on = excluded.ends_on,
        version = tm.version + 1,
        updated_at = now()
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select t.organisation_id, $10, c.actor_id,
        case when t.version = 1 then 'team_member.added' else 'team_member.updated' end, t.team_id,
        to_jsonb(t) - 'role_kind', c.override, $11
    from changed t
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, c._code, c.list as _errors, t.id || '-' || t.version as _etag,
    t.team_id, t.member_id, c.display_name, t.role, t.starts_on, t.ends_on, t.version, t.created_at, t.updated_at
from checked c
left join changed t on true;
