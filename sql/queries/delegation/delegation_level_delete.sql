-- Takes the level of the team in the area away, and adds that to the history.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 path area
-- $5 if_match
-- $6 new_id
-- $7 new_id
-- $8 request_id
-- result: none
with a as (
    select * from access_structure($1, $2, 'delegation_level.manage', $3)
),
target as (
    select l.*, a.member_id as actor_id, a.override, a._code,
        case
            when a._status is not null then a._status
            when not etag_matches($5, l.id || '-' || l.version || '-' || r.version) then 412
        end as _status
    from a
    join delegation_levels l on l.organisation_id = a.organisation_id and l.team_id = $3 and l.area_id = $4
    join areas r on r.organisation_id = l.organisation_id and r.id = l.area_id
    for update of l
),
deleted as (
    delete from delegation_levels l
    using target t
    where l.organisation_id = t.organisation_id and l.team_id = t.team_id and l.area_id = t.area_id and t._status is null
),
history as (
    insert into delegation_level_history (organisation_id, team_id, area_id, id, note, changed_by)
    select t.organisation_id, t.team_id, t.area_id, $7, '', t.actor_id
    from target t
    where t._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select t.organisation_id, $6, t.actor_id, 'delegation_level.removed', t.team_id,
        jsonb_build_object('team_id', t.team_id, 'area_id', t.area_id, 'level', t.level), t.override, $8
    from target t
    where t._status is null
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status, t._code
from target t;
