-- Takes the member's open ballot on the current revision back.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 if_match
-- $5 new_id
-- $6 request_id
-- result: none
with target as (
    select b.*, case when not etag_matches($4, b.id || '-' || b.version) then 412 end as _status
    from decisions d
    join ballots b on b.organisation_id = d.organisation_id and b.decision_id = d.id and b.member_id = $3
        and b.revision = d.revision
    where d.organisation_id = $1 and d.id = $2
),
removed as (
    delete from ballots b
    using target t
    where b.organisation_id = t.organisation_id and b.decision_id = t.decision_id and b.member_id = t.member_id
        and b.revision = t.revision and t._status is null
    returning b.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select b.organisation_id, $5, b.member_id, 'ballot.withdrawn', b.decision_id,
        jsonb_build_object('member_id', b.member_id, 'revision', b.revision), $6
    from removed b
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
select t._status
from target t;
