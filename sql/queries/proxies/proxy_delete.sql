-- Takes the caller's proxy of that scope back; a wider one then counts again.
-- $1 principal
-- $2 path organisation
-- $3 path scope
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with target as (
    select p.*, d.secret,
        case
            when a._status is not null then a._status
            when not etag_matches($4, p.id || '-' || p.version) then 412
            when d.status not in ('draft', 'open') then 409
        end as _status
    from access($1, $2, 'proxy.give') a
    left join proxies p on p.organisation_id = a.organisation_id and p.truster_id = a.member_id and p.scope_id = $3
    left join decisions d on d.organisation_id = p.organisation_id and d.id = p.decision_id
    where p.id is not null or not a.granted
),
locked as (
    select p.*
    from target t
    join proxies p on p.organisation_id = t.organisation_id and p.truster_id = t.truster_id and p.scope_id = t.scope_id
    where t._status is null
    for update of p
),
ended as (
    insert into past_proxies (organisation_id, truster_id, scope_id, ended_at, began_at, trustee_id)
    select p.organisation_id, p.truster_id, p.scope_id, least(now(), p.expires_at), p.updated_at, p.trustee_id
    from locked p
    on conflict on constraint past_proxies_pkey do nothing
),
deleted as (
    delete from proxies p
    using locked l
    where p.organisation_id = l.organisation_id and p.truster_id = l.truster_id and p.scope_id = l.scope_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select l.organisation_id, $5, l.truster_id, 'proxy.withdrawn', l.id,
        jsonb_build_object('truster_id', l.truster_id, 'scope_id', l.scope_id), $6
    from locked l
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status, case when t._status = 409 then 'decision_state' end as _code,
    case when t._status = 409 then 'The decision is closed.' end as _detail
from target t;
