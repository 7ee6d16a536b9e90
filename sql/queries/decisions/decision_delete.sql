-- Deletes a draft.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select * from access_decision($1, $2, 'decision.delete', $3)
),
target as (
    select d.organisation_id, d.id, d.title, a.member_id,
        case
            when a._status is not null then a._status
            when not etag_matches($4, d.version::text) then 412
            when d.status <> 'draft' then 409
        end as _status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for update of d
),
deleted as (
    delete from decisions d
    using target t
    where d.organisation_id = t.organisation_id and d.id = t.id and t._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select t.organisation_id, $5, t.member_id, 'decision.deleted', t.id, jsonb_build_object('title', t.title), $6
    from target t
    where t._status is null
    returning *
),
chain as (
    update audit_chains c
    set length = c.length + 1,
        hash = sha256(c.hash || audit_digest(row(x.*)::audit_log))
    from audit x
    where c.organisation_id = x.organisation_id and c.resource_id = x.resource_id
    returning c.organisation_id, c.resource_id, c.length, x.id, c.hash
),
chain_link as (
    insert into audit_links (organisation_id, resource_id, number, audit_id, hash)
    select * from chain
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status, case when t._status = 409 then 'decision_state' end as _code,
    case when t._status = 409 then 'Only drafts can be deleted.' end as _detail
from target t;
