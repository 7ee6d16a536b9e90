-- Why the decision that was to follow another one stays a draft.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 errors
-- $4 new_id
-- $5 request_id
-- result: one
with audit as (
    insert into audit_log (organisation_id, id, action, resource_id, data, request_id)
    select d.organisation_id, $4, 'decision.not_opened', d.id,
        (to_jsonb(d) - array['definition', 'remind_at']) || jsonb_build_object('errors', $3::jsonb), $5
    from decisions d
    where d.organisation_id = $1 and d.id = $2
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
select x.id
from audit x;
