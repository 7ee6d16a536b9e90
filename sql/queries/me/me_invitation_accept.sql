-- Makes the caller an active member by an invitation. What else the person is there and isn't active, is put aside first.
-- $1 principal
-- $2 path invitation
-- $3 new_id
-- $4 request_id
-- result: one
with invitation as (
    select m.organisation_id, m.id, p.id as person_id, p.display_name, p.email, p.title, p.function, p.location, p.time_zone
    from invitations_of($1) i
    join members m on m.organisation_id = i.organisation_id and m.id = i.id and m.status = 'invited'
    join people p on p.id = ($1::principal).person_id
    where i.id = $2
    for update of m
),
present as (
    select m.organisation_id, m.id, m.status
    from invitation i
    join members m on m.organisation_id = i.organisation_id and m.person_id = i.person_id and m.id <> i.id
    for update of m
),
checked as (
    select i.*, case when p.status in ('active', 'suspended') then 409 end as _status
    from invitation i
    left join present p on true
),
detached as (
    update members m
    set person_id = null, status = 'left', ended_at = coalesce(m.ended_at, now()), version = m.version + 1, updated_at = now()
    from present p
    join checked c on c._status is null
    where m.organisation_id = p.organisation_id and m.id = p.id
    returning m.organisation_id, m.id
),
-- What waits for nobody else may have ended with that.
asked as (
    insert into settlements as s (organisation_id, decision_id)
    select d.organisation_id, d.id
    from detached m
    join stakeholders h on h.organisation_id = m.organisation_id and h.member_id = m.id
    join decisions d on d.organisation_id = h.organisation_id and d.id = h.decision_id and d.status = 'open'
    order by d.id
    on conflict on constraint settlements_pkey do update
    set version = s.version + 1
),
changed as (
    update members m
    set person_id = c.person_id,
        status = 'active',
        display_name = coalesce(nullif(c.display_name, ''), m.display_name),
        email = coalesce(c.email, m.email),
        title = coalesce(m.title, c.title),
        function = coalesce(m.function, c.function),
        location = coalesce(m.location, c.location),
        time_zone = coalesce(m.time_zone, c.time_zone),
        joined_at = now(),
        version = m.version + 1,
        updated_at = now()
    from checked c
    cross join (select count(*) from detached) detached_first
    where m.organisation_id = c.organisation_id and m.id = c.id and c._status is null
    returning m.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select c.organisation_id, $3, c.id, 'member.joined', c.id, to_jsonb(c), $4
    from changed c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select k._status, case when k._status = 409 then 'already_exists' end as _code,
    case when k._status = 409 then 'You are a member of this organisation already.' end as _detail,
    m.version::text as _etag,
    o.organisation_id as id, o.handle, o.name, o.purpose, m.id as member_id, m.role, m.status, m.joined_at
from checked k
join organisations o on o.organisation_id = k.organisation_id
left join changed m on m.id = k.id;
