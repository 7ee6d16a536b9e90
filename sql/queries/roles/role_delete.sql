-- Deletes a role of the organisation's own that nobody has, which of a role in teams takes seeing all teams. Those who had it when they left are
-- kept as observers.
-- $1 principal
-- $2 path organisation
-- $3 path role
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select * from access_structure($1, $2, 'role.manage', null)
),
target as (
    select r.organisation_id, r.kind, r.key, r.id, a.member_id, a.override, a._code as access_code, seen.unseen,
        coalesce(a._status, case
            when seen.unseen then 403
            when not etag_matches($4, r.id || '-' || r.version) then 412
        end) as early_status,
        case
            when r.built_in then 'built_in'
            when r.kind = 'organisation' and exists (
                select from members m
                where m.organisation_id = r.organisation_id and m.role = r.key and m.status <> 'left'
            ) or r.kind = 'team' and exists (
                select from team_members tm
                where tm.organisation_id = r.organisation_id and tm.role = r.key
            ) then 'in_use'
        end as obstacle
    from a
    join roles r on r.organisation_id = a.organisation_id and (r.id::text = $3 or (r.kind = 'organisation' and r.key = $3))
    cross join lateral (
        select a._status is null and r.kind = 'team' and not holds($1, $2, 'team.read_private') as unseen
    ) seen
    for update of r
),
checked as (
    select t.*, coalesce(t.early_status, case when t.obstacle is not null then 409 end) as _status,
        case when t.early_status is not null then t.access_code when t.obstacle = 'built_in' then 'built_in'
            when t.obstacle = 'in_use' then 'in_use' end as _code
    from target t
),
kept as (
    update members m
    set role = 'observer'
    from checked c
    where m.organisation_id = c.organisation_id and c.kind = 'organisation' and m.role = c.key and m.status = 'left'
        and c._status is null
),
deleted as (
    delete from roles r
    using checked c
    where r.organisation_id = c.organisation_id and r.kind = c.kind and r.key = c.key and c._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select c.organisation_id, $5, c.member_id, 'role.deleted', c.id, jsonb_build_object('kind', c.kind, 'key', c.key),
        c.override, $6
    from checked c
    where c._status is null
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, c._code, case when c.unseen then 'team.read_private' end as _permission
from checked c;
