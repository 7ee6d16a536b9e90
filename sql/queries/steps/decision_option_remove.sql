-- Takes an option out of the decision; whether it may be taken out, the engine has said.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 path key
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: none
with checked as (
    select o.organisation_id, o.decision_id, o.key, case when not etag_matches($5, o.id || '-' || o.version) then 412 end as _status
    from decision_options o
    where o.organisation_id = $1 and o.decision_id = $2 and o.key = $4
),
deleted as (
    delete from decision_options o
    using checked c
    where o.organisation_id = c.organisation_id and o.decision_id = c.decision_id and o.key = c.key and c._status is null
    returning o.*
),
touched as (
    update decisions d
    set version = d.version + 1,
        updated_at = now()
    from deleted o
    where d.organisation_id = o.organisation_id and d.id = o.decision_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select o.organisation_id, $6, $3, 'decision_option.removed', o.decision_id, jsonb_build_object('key', o.key, 'title', o.title), $7
    from deleted o
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
select c._status
from checked c;
