-- Changes the members of the member that the patch names: their profile by themselves, the rest by who is allowed to.
-- $1 principal
-- $2 path organisation
-- $3 path member
-- $4 body
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: one
with a as (
    select x.*, r.permissions as held, $4::jsonb ?| array['role', 'status'] as beyond_profile
    from access($1, $2, 'member.update') x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
given as (
    select r.permissions
    from a
    join roles r on r.organisation_id = a.organisation_id and r.kind = 'organisation' and r.key = $4::jsonb ->> 'role'
    for key share of r
),
-- Who else would still own the organisation. Locked one by one in the same order by all who ask, and read anew after each wait, so
-- that two owners who go at the same time see each other.
owners as (
    select m.id
    from a
    join members m on m.organisation_id = a.organisation_id and m.role = 'owner' and m.status = 'active'
    where a.beyond_profile and exists (
        select from members t
        where t.organisation_id = a.organisation_id and t.id = $3 and t.role = 'owner'
    )
    order by m.id
    for no key update of m
),
target as (
    select m.*, a.member_id as actor_id, a.granted, a.held, a.beyond_profile, o.count as others,
        a.granted or (m.id = a.member_id and not a.beyond_profile) as may_begin,
        (
            select r.permissions <@ a.held
            from roles r
            where r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
        ) as outranked,
        a.governance_mode = 'governed' and $4::jsonb ? 'role' as structural, a.role as actor_role
    from a
    cross join (select count(*) filter (where id <> $3) from owners) o
    join members m on m.organisation_id = a.organisation_id and m.id = $3
    for no key update of m
),
checked as (
    select t.*,
        case
            when not t.may_begin then 'permission_denied'
            when t.beyond_profile and not (t.outranked and coalesce(g.permissions <@ t.held, true)) then 'permission_denied'
            when t.beyond_profile and (t.role = 'owner' or $4::jsonb ->> 'role' = 'owner') and not holds($1, $2, 'owner.manage')
                then 'permission_denied'
            when t.structural and t.actor_role <> 'owner' then 'governed_structure'
            when not etag_matches($5, t.version::text) then 'precondition_failed'
            when t.status = 'left' or t.kind = 'service' or t.status = 'invited' and $4::jsonb ? 'status' then 'conflict'
            when $4::jsonb ? 'role' and g.permissions is null then 'invalid_reference'
            when t.role = 'owner' and t.status = 'active' and t.others = 0
                and (coalesce($4::jsonb ->> 'role', 'owner') <> 'owner' or $4::jsonb ->> 'status' = 'suspended') then 'last_owner'
        end as _code
    from target t
    left join given g on true
),
changed as (
    update members m
    set role = coalesce($4::jsonb ->> 'role', m.role),
        status = coalesce($4::jsonb ->> 'status', m.status),
        display_name = coalesce($4::jsonb ->> 'display_name', m.display_name),
        title = case when $4::jsonb ? 'title' then $4::jsonb ->> 'title' else m.title end,
        function = case when $4::jsonb ? 'function' then $4::jsonb ->> 'function' else m.function end,
        location = case when $4::jsonb ? 'location' then $4::jsonb ->> 'location' else m.location end,
        time_zone = case when $4::jsonb ? 'time_zone' then $4::jsonb ->> 'time_zone' else m.time_zone end,
        version = m.version + 1,
        updated_at = now()
    from checked c
    where m.organisation_id = c.organisation_id and m.id = c.id and c._code is null
    returning m.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select m.organisation_id, $6, c.actor_id, 'member.updated', m.id, to_jsonb(m), c.structural, $7
    from changed m
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select case c._code
        when 'permission_denied' then 403 when 'governed_structure' then 403 when 'precondition_failed' then 412
        when 'conflict' then 409 when 'last_owner' then 409 when 'invalid_reference' then 422
    end as _status,
    c._code,
    case when c.may_begin and 'owner' in (c.role, $4::jsonb ->> 'role') then 'owner.manage' end as _permission,
    case
        when c._code = 'permission_denied' and c.may_begin then 'The member''s role, now or then, grants what your own role does not.'
        when c._code = 'conflict' and c.status = 'left' then 'The member has left; invite the person again.'
        when c._code = 'conflict' and c.kind = 'service' then 'It is a service account; change that.'
        when c._code = 'conflict' then 'An invited person becomes active by accepting.'
    end as _detail,
    case when c._code = 'invalid_reference' then
        '[{"pointer": "/role", "code": "unknown_reference", "detail": "There is no such role."}]'::jsonb
    end as _errors,
    m.version::text as _etag,
    m.id, m.person_id, m.kind, m.status, m.role, m.display_name, m.email, m.title, m.function, m.location, m.time_zone,
    m.invited_by, m.invited_at, m.joined_at, m.ended_at, m.version, m.created_at, m.updated_at
from checked c
left join changed m on true;
