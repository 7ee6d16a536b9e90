-- Deletes an area without areas below it, decisions and delegation levels, of which the caller must see all that there may be. Runs after
-- area_hold, in the same transaction.
-- $1 principal
-- $2 path organisation
-- $3 path area
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select * from access_structure($1, $2, 'area.manage', null)
),
target as (
    select r.organisation_id, r.id, r.name, r.parent_id, a.member_id, a.override, a._code, used.by, seen.unseen,
        case
            when a._status is not null then a._status
            when seen.unseen then 403
            when not etag_matches($4, r.version::text) then 412
            when used.by is not null then 409
        end as _status
    from a
    join areas r on r.organisation_id = a.organisation_id and r.id = $3
    cross join lateral (
        select a._status is null and not holds($1, $2, 'team.read_private') as unseen
    ) seen
    cross join lateral (
        select case
            when exists (select from areas c where c.organisation_id = r.organisation_id and c.parent_id = r.id)
                then 'There are areas below it.'
            when exists (select from decisions d where d.organisation_id = r.organisation_id and d.area_id = r.id)
                then 'There are decisions in it.'
            when exists (select from delegation_levels l where l.organisation_id = r.organisation_id and l.area_id = r.id)
                then 'There are delegation levels for it.'
        end as by
    ) used
    for no key update of r
),
deleted as (
    delete from areas r
    using target x
    where r.organisation_id = x.organisation_id and r.id = x.id and x._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select t.organisation_id, $5, t.member_id, 'area.deleted', t.id, jsonb_build_object('name', t.name, 'parent_id', t.parent_id),
        t.override, $6
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
    case when t._status = 409 then t.by end as _detail, case when t.unseen then 'team.read_private' end as _permission
from target t;
