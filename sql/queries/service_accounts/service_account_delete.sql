-- Deletes the service account, its secrets and the person it was, so that its tokens speak for nobody. The member stays as history.
-- $1 principal
-- $2 path organisation
-- $3 path service_account
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select * from access($1, $2, 'service_account.manage')
),
target as (
    select s.organisation_id, s.id, s.member_id, s.name, m.person_id, a.member_id as actor_id,
        case
            when not a.granted then 403
            when not etag_matches((select array_agg(split_part(e.tag, '-', 1)) from unnest($4::text[]) e (tag)), s.version::text)
                then 412
        end as _status
    from a
    join service_accounts s on s.organisation_id = a.organisation_id and s.id = $3
    join members m on m.organisation_id = s.organisation_id and m.id = s.member_id
    for update of s, m
),
member as (
    update members m
    set status = 'left', ended_at = now(), version = m.version + 1, updated_at = now()
    from target t
    where m.organisation_id = t.organisation_id and m.id = t.member_id and t._status is null
    returning m.*
),
-- What waits for nobody else may have ended with that.
asked as (
    insert into settlements as s (organisation_id, decision_id)
    select d.organisation_id, d.id
    from member m
    join stakeholders h on h.organisation_id = m.organisation_id and h.member_id = m.id
    join decisions d on d.organisation_id = h.organisation_id and d.id = h.decision_id and d.status = 'open'
    order by d.id
    on conflict on constraint settlements_pkey do update
    set version = s.version + 1
),
person as (
    delete from people p
    using target t
    where p.id = t.person_id and t._status is null
),
teams_left as (
    delete from team_members tm
    using target t
    where tm.organisation_id = t.organisation_id and tm.member_id = t.member_id and t._status is null
    returning tm.*
),
deleted as (
    delete from service_accounts s
    using target t
    where s.organisation_id = t.organisation_id and s.id = t.id and t._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select t.organisation_id, $5, t.actor_id, 'service_account.deleted', t.id,
        jsonb_build_object('name', t.name, 'member_id', t.member_id), $6
    from target t
    where t._status is null
    union all
    select l.organisation_id, derived_id($5, l.team_id::text), t.actor_id, 'team_member.removed', l.team_id,
        jsonb_build_object('team_id', l.team_id, 'member_id', l.member_id, 'role', l.role), $6
    from teams_left l
    cross join target t
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status
from target t;
