-- Invites somebody. A former member who is named, or whose verified address it still is, gets the old place back on accepting.
-- $1 principal
-- $2 path organisation
-- $3 new_id
-- $4 body email
-- $5 body person_id
-- $6 body role
-- $7 body display_name
-- $8 body title
-- $9 body function
-- $10 body location
-- $11 body time_zone
-- $12 new_id
-- $13 request_id
-- result: one
with a as (
    select x.*, r.permissions as held
    from access($1, $2, 'member.invite') x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
given as (
    select r.key, r.permissions
    from a
    join roles r on r.organisation_id = a.organisation_id and r.kind = 'organisation' and r.key = coalesce($6, 'member')
    for key share of r
),
person as (
    select p.id
    from people p
    where p.id = $5 and p.kind = 'human'
    union
    select p.id
    from a
    join members m on m.organisation_id = a.organisation_id and lower(m.email) = lower($4) and m.status = 'left'
    join people p on p.id = m.person_id and p.email_verified and lower(p.email) = lower($4)
    limit 1
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from (values
        ('/email', 'required', 'Say who is invited, by email or person_id.', $4::text is null and $5::uuid is null),
        ('/person_id', 'no_match', 'Give email or person_id, not both.', $4 is not null and $5 is not null),
        ('/person_id', 'unknown_reference', 'There is no such person.', $5 is not null and not exists (select from person)),
        ('/role', 'unknown_reference', 'There is no such role.', not exists (select from given))
    ) f (pointer, code, detail, found)
    where f.found
),
checked as (
    select a.organisation_id, a.member_id, a.granted, f.list, g.key as role, a.governance_mode = 'governed' and g.key not in ('member', 'observer') as override,
        (select p.id from person p) as person_id,
        case
            when not a.granted or not g.permissions <@ a.held then 'permission_denied'
            when g.key = 'owner' and not holds($1, $2, 'owner.manage') then 'permission_denied'
            when a.governance_mode = 'governed' and a.role <> 'owner' and g.key not in ('member', 'observer') then 'governed_structure'
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'invalid_body'
            when exists (
                select from members m
                where m.organisation_id = a.organisation_id and lower(m.email) = lower($4) and m.status in ('active', 'suspended')
            ) then 'already_exists'
        end as _code
    from a
    cross join faults f
    left join given g on true
),
created as (
    insert into members as m
        (organisation_id, id, person_id, status, role, display_name, email, title, function, location, time_zone, invited_by,
        invited_at)
    select c.organisation_id, $3, c.person_id, 'invited', c.role, coalesce($7, ''), $4, $8, $9, $10, $11, c.member_id, now()
    from checked c
    where c._code is null
    on conflict on constraint members_person_id_key do update
    set status = 'invited',
        role = excluded.role,
        display_name = coalesce(nullif(excluded.display_name, ''), m.display_name),
        title = coalesce(excluded.title, m.title),
        function = coalesce(excluded.function, m.function),
        location = coalesce(excluded.location, m.location),
        time_zone = coalesce(excluded.time_zone, m.time_zone),
        invited_by = excluded.invited_by,
        invited_at = excluded.invited_at,
        ended_at = null,
        version = m.version + 1,
        updated_at = now()
    where m.status = 'left'
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select m.organisation_id, $12, c.member_id, 'member.invited', m.id, to_jsonb(m), c.override, $13
    from created m
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
),
answered as (
    select c.granted, c.list, case when c._code is null and m.id is null then 'already_exists' else c._code end as code
    from checked c
    left join created m on true
)
select case
        when w.code in ('permission_denied', 'governed_structure') then 403
        when w.code in ('invalid_reference', 'invalid_body') then 422
        when w.code is not null then 409
    end as _status,
    w.code as _code,
    case when w.granted and $6 = 'owner' then 'owner.manage' end as _permission,
    case
        when w.code = 'permission_denied' and w.granted then 'The role grants what your own role does not.'
        when w.code = 'already_exists' then 'This person is a member, or has an invitation, already.'
    end as _detail,
    case when w.code in ('invalid_reference', 'invalid_body') then w.list end as _errors,
    m.version::text as _etag, '/v1/organisations/' || m.organisation_id || '/members/' || m.id as _location,
    m.id, m.person_id, m.kind, m.status, m.role, m.display_name, m.email, m.title, m.function, m.location, m.time_zone,
    m.invited_by, m.invited_at, m.joined_at, m.ended_at, m.version, m.created_at, m.updated_at
from answered w
left join created m on true;
