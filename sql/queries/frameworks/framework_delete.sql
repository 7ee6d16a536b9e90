-- Deletes a framework that no decision uses, and no open one may escalate to, with all its versions. As private teams may use what was ever
-- published, that takes seeing them all.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select * from access_structure($1, $2, 'framework.manage', null)
),
target as (
    select f.organisation_id, f.id, f.key, f.name, a.member_id, a.override, seen.unseen,
        case
            when a._status is not null then a._code
            when f.built_in then 'built_in'
            when seen.unseen then 'permission_denied'
            when not etag_matches($4, f.version::text) then 'precondition_failed'
            when used.anyhow then 'in_use'
        end as _code,
        case
            when a._status is not null then a._status
            when f.built_in then 409
            when seen.unseen then 403
            when not etag_matches($4, f.version::text) then 412
            when used.anyhow then 409
        end as _status
    from a
    join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
    cross join lateral (
        select a._status is null and f.latest_version is not null and not holds($1, $2, 'team.read_private') as unseen
    ) seen
    cross join lateral (
        select exists (select from decisions d where d.organisation_id = f.organisation_id and d.framework_id = f.id)
            or exists (
                select from decisions d
                where d.organisation_id = f.organisation_id and d.status = 'open'
                    and f.key in (d.definition #>> '{rule,fallback}', d.definition #>> '{rule,fallback,framework}')
            ) as anyhow
    ) used
    for update of f
),
deleted as (
    delete from frameworks f
    using target t
    where f.organisation_id = t.organisation_id and f.id = t.id and t._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select t.organisation_id, $5, t.member_id, 'framework.deleted', t.id, jsonb_build_object('key', t.key, 'name', t.name),
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
select t._status, t._code, case when t.unseen and t._status = 403 then 'team.read_private' end as _permission
from target t;
