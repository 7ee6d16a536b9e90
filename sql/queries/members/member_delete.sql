-- Ends a membership or an invitation: by the member, or by who may remove that member. Teams are left with it.
-- $1 principal
-- $2 path organisation
-- $3 path member
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select x.*, r.permissions as held
    from access($1, $2, 'member.remove') x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
-- As in member_update.
owners as (
    select m.id
    from a
    join members m on m.organisation_id = a.organisation_id and m.role = 'owner' and m.status = 'active'
    where exists (
        select from members t
        where t.organisation_id = a.organisation_id and t.id = $3 and t.role = 'owner'
    )
    order by m.id
    for no key update of m
),
target as (
    select m.organisation_id, m.id, m.kind, m.status, m.role, m.version, a.member_id as actor_id, a.granted,
        m.id = a.member_id as leaves, (
            select r.permissions <@ a.held
            from roles r
            where r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
        ) as outranked, o.count as others
    from a
    cross join (select count(*) filter (where id <> $3) from owners) o
    join members m on m.organisation_id = a.organisation_id and m.id = $3
    for no key update of m
),
checked as (
    select t.*,
        case
            when not t.leaves and not (t.granted and t.outranked) then 'permission_denied'
            when not t.leaves and t.role = 'owner' and not holds($1, $2, 'owner.manage') then 'permission_denied'
            when not etag_matches($4, t.version::text) then 'precondition_failed'
            when t.status = 'left' or t.kind = 'service' then 'conflict'
            when t.role = 'owner' and t.status = 'active' and t.others = 0 then 'last_owner'
        end as _code
    from target t
),
changed as (
    update members m
    set status = 'left', ended_at = now(), version = m.version + 1, updated_at = now()
    from checked c
    where m.organisation_id = c.organisation_id and m.id = c.id and c._code is null
    returning m.*
),
-- What waits for nobody else may have ended with that.
asked as (
    insert into settlements as s (organisation_id, decision_id)
    select d.organisation_id, d.id
    from changed c
    join stakeholders h on h.organisation_id = c.organisation_id and h.member_id = c.id
    join decisions d on d.organisation_id = h.organisation_id and d.id = h.decision_id and d.status = 'open'
    order by d.id
    on conflict on constraint settlements_pkey do update
    set version = s.version + 1
),
teams_left as (
    delete from team_members tm
    using checked c
    where tm.organisation_id = c.organisation_id and tm.member_id = c.id and c._code is null
    returning tm.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select m.organisation_id, $5, c.actor_id, case when c.leaves then 'member.left' else 'member.removed' end, m.id,
        to_jsonb(m), $6
    from changed m
    cross join checked c
    union all
    select l.organisation_id, derived_id($5, l.team_id::text), c.actor_id, 'team_member.removed', l.team_id,
        jsonb_build_object('team_id', l.team_id, 'member_id', l.member_id, 'role', l.role), $6
    from teams_left l
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select case c._code
        when 'permission_denied' then 403 when 'precondition_failed' then 412 when 'conflict' then 409 when 'last_owner' then 409
    end as _status,
    c._code,
    case when c.granted and c.role = 'owner' then 'owner.manage' end as _permission,
    case
        when c._code = 'permission_denied' and c.granted then 'The member''s role grants what your own role does not.'
        when c._code = 'conflict' and c.status = 'left' then 'The member has left already.'
        when c._code = 'conflict' then 'It is a service account; delete that.'
    end as _detail
from checked c;
