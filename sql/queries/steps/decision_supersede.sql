-- Another decision takes the place of this one.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 superseded_by
-- $4 new_id
-- $5 request_id
-- result: none
with changed as (
    update decisions d
    set status = 'superseded',
        review_at = null,
        version = d.version + 1,
        updated_at = now()
    where d.organisation_id = $1 and d.id = $2
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, action, resource_id, data, request_id)
    select d.organisation_id, $4, 'decision.superseded', d.id,
        (to_jsonb(d) - array['definition', 'remind_at']) || jsonb_build_object('superseded_by', $3::uuid), $5
    from changed d
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
)
insert into events (organisation_id, id, type, actor_id, resource_id, data)
select organisation_id, id, action, actor_id, resource_id, data
from audit;
