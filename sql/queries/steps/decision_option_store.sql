-- Sets an option of the decision; whether it may be set, the engine has said.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 value 3 proposer_id
-- $5 path key
-- $6 body title
-- $7 body description
-- $8 body position
-- $9 body_texts pros
-- $10 body_texts cons
-- $11 if_match
-- $12 new_id
-- $13 new_id
-- $14 request_id
-- result: one
with checked as (
    select d.organisation_id, d.id, case when not etag_matches($11, coalesce(o.id || '-' || o.version, '')) then 412 end as _status
    from decisions d
    left join decision_options o on o.organisation_id = d.organisation_id and o.decision_id = d.id and o.key = $5
    where d.organisation_id = $1 and d.id = $2
),
changed as (
    insert into decision_options as o (organisation_id, decision_id, key, id, title, description, position, pros, cons, proposer_id)
    select c.organisation_id, c.id, $5, $12, $6, coalesce($7, ''), coalesce($8::integer, (
        select coalesce(max(p.position), 0) + 1
        from decision_options p
        where p.organisation_id = c.organisation_id and p.decision_id = c.id
    )), coalesce($9::text[], '{}'), coalesce($10::text[], '{}'), $4
    from checked c
    where c._status is null
    on conflict on constraint decision_options_pkey do update
    set title = excluded.title,
        description = excluded.description,
        position = coalesce($8::integer, o.position),
        pros = excluded.pros,
        cons = excluded.cons,
        version = o.version + 1
    returning *
),
touched as (
    update decisions d
    set version = d.version + 1,
        updated_at = now()
    from changed o
    where d.organisation_id = o.organisation_id and d.id = o.decision_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select o.organisation_id, $13, $3, case when o.version = 1 then 'decision_option.added' else 'decision_option.updated' end,
        o.decision_id, to_jsonb(o), $14
    from changed o
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
select c._status, o.id || '-' || o.version as _etag, o.key, o.title, o.description, o.pros, o.cons, o.proposer_id, o.position, o.version
from checked c
left join changed o on true;
