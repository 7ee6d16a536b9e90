-- Deletes a team without teams below it and without decisions. The caller must see all that may be below it.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select * from access_structure($1, $2, 'team.delete', $3)
),
target as (
    select t.organisation_id, t.id, t.name, t.kind, t.parent_id, a.member_id, a.override, a._code, seen.unseen,
        case
            when a._status is not null then a._status
            when seen.unseen then 403
            when not etag_matches($4, t.version::text) then 412
            when used.anyhow then 409
        end as _status
    from a
    join teams t on t.organisation_id = a.organisation_id and t.id = $3
    cross join lateral (
        select a._status is null and not (sees_team(t.path, t.organisation_id, a.member_id) or holds($1, $2, 'team.read_private')) as unseen
    ) seen
    cross join lateral (
        select exists (select from teams c where c.organisation_id = t.organisation_id and c.parent_id = t.id)
            or exists (select from decisions d where d.organisation_id = t.organisation_id and d.team_id = t.id) as anyhow
    ) used
    for update of t
),
deleted as (
    delete from teams t
    using target x
    where t.organisation_id = x.organisation_id and t.id = x.id and x._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select t.organisation_id, $5, t.member_id, 'team.deleted', t.id,
        jsonb_build_object('name', t.name, 'kind', t.kind, 'parent_id', t.parent_id), t.override, $6
    from target t
    where t._status is null
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status, case when t._status = 409 then 'in_use' else t._code end as _code,
    case when t.unseen then 'team.read_private' end as _permission
from target t;
