-- Lets the changes of the draft that is being opened take effect when it is adopted.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 authority
-- $4 value 3 member_id
-- $5 value 4 actor_id
-- $6 new_id
-- $7 request_id
-- result: one
with changed as (
    update change_sets s
    set authority = $3,
        authorised_by = $4,
        version = s.version + 1,
        updated_at = now()
    where s.organisation_id = $1 and s.decision_id = $2
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select s.organisation_id, $6, $5, 'change_set.authorised', s.decision_id, to_jsonb(s), $7
    from changed s
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
select s.decision_id
from changed s;
