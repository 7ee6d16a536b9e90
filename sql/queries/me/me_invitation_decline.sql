-- Turns an invitation down.
-- $1 principal
-- $2 path invitation
-- $3 new_id
-- $4 request_id
-- result: none
with invitation as (
    select m.organisation_id, m.id
    from invitations_of($1) i
    join members m on m.organisation_id = i.organisation_id and m.id = i.id and m.status = 'invited'
    where i.id = $2
    for no key update of m
),
changed as (
    update members m
    set status = 'left', ended_at = now(), version = m.version + 1, updated_at = now()
    from invitation i
    where m.organisation_id = i.organisation_id and m.id = i.id
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
    using invitation i
    where tm.organisation_id = i.organisation_id and tm.member_id = i.id
    returning tm.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select c.organisation_id, $3, c.id, 'member.declined', c.id, to_jsonb(c), $4
    from changed c
    union all
    select l.organisation_id, derived_id($3, l.team_id::text), l.member_id, 'team_member.removed', l.team_id,
        jsonb_build_object('team_id', l.team_id, 'member_id', l.member_id, 'role', l.role), $4
    from teams_left l
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select null::integer as _status
from changed;
