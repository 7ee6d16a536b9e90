-- What has become of the changes. Only an adopted decision makes any.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 revision
-- $4 value 3 status
-- $5 value 4 resources
-- $6 value 5 reverse
-- $7 value 6 failure
-- $8 value 7 actor_id
-- $9 value 8 override
-- $10 new_id
-- $11 request_id
-- result: one
with changed as (
    update change_sets s
    set status = $4,
        resources = coalesce($5::jsonb, s.resources),
        reverse = coalesce($6::jsonb, s.reverse),
        failure = $7::jsonb,
        retry_at = null,
        waits_for = null,
        applied_at = case when $4 = 'applied' then now() else s.applied_at end,
        reversed_at = case when $4 = 'reversed' then now() end,
        version = s.version + 1,
        updated_at = now()
    from outcomes o
    where s.organisation_id = $1 and s.decision_id = $2 and s.revision = $3::integer
        and o.organisation_id = s.organisation_id and o.decision_id = s.decision_id and o.outcome = 'adopted'
    returning s.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select s.organisation_id, $10, $8, 'change_set.' || s.status, s.decision_id, to_jsonb(s), $9::boolean, $11
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
