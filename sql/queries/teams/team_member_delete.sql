-- Takes a member out of the team. Whoever leaves by themselves needs no permission.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 path member
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: none
with a as (
    select x.organisation_id, x.member_id, x._code, x._status, x.override, x.member_id = $4 as leaves
    from access_structure($1, $2, 'team_member.manage', $3) x
),
target as (
    select tm.*, a.member_id as actor_id, a.override and not a.leaves as override, a._code,
        case
            when a._status is not null and not a.leaves then a._status
            when not etag_matches($5, tm.id || '-' || tm.version) then 412
        end as _status
    from a
    join team_members tm on tm.organisation_id = a.organisation_id and tm.team_id = $3 and tm.member_id = $4
    for update of tm
),
deleted as (
    delete from team_members tm
    using target t
    where tm.organisation_id = t.organisation_id and tm.team_id = t.team_id and tm.member_id = t.member_id
        and t._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select t.organisation_id, $6, t.actor_id, 'team_member.removed', t.team_id,
        jsonb_build_object('team_id', t.team_id, 'member_id', t.member_id, 'role', t.role), t.override, $7
    from target t
    where t._status is null
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status, case when t._status = 403 then t._code end as _code
from target t;
