-- Deletes the organisation with everything in it; the audit log stays.
-- $1 principal
-- $2 path organisation
-- $3 if_match
-- $4 new_id
-- $5 request_id
-- result: none
with a as (
    select * from access($1, $2, 'organisation.delete')
),
target as (
    select o.organisation_id, o.handle, a.member_id,
        coalesce(a._status, case when not etag_matches($3, o.version::text) then 412 end) as _status
    from a
    join organisations o on o.organisation_id = a.organisation_id
    for update of o
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select t.organisation_id, $4, t.member_id, 'organisation.deleted', t.organisation_id,
        jsonb_build_object('handle', t.handle), $5
    from target t
    where t._status is null
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
),
-- Those who were nothing but service accounts of this organisation.
people_gone as (
    delete from people p
    using target t
    join service_accounts s on s.organisation_id = t.organisation_id
    where p.id = s.id and t._status is null
),
-- What refers to members and roles without going with them must go before their rows are checked; all else goes by cascade.
stakeholders_gone as (
    delete from stakeholders s
    using target t
    where s.organisation_id = t.organisation_id and t._status is null
),
team_members_gone as (
    delete from team_members tm
    using target t
    where tm.organisation_id = t.organisation_id and t._status is null
),
delegation_levels_gone as (
    delete from delegation_levels l
    using target t
    where l.organisation_id = t.organisation_id and t._status is null
),
names as (
    delete from organisation_names n
    using target t
    where n.organisation_id = t.organisation_id and t._status is null
),
deleted as (
    delete from organisations o
    using target t
    where o.organisation_id = t.organisation_id and t._status is null
)
select t._status
from target t;
