-- The changes that belong to the text from this revision on.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 revision
-- $4 value 3 changes
-- $5 value 4 member_id
-- $6 value 5 authority
-- $7 value 6 authorised_by
-- $8 value 7 reverses
-- $9 new_id
-- $10 new_id
-- $11 request_id
-- result: one
with stored as (
    insert into change_sets as s (organisation_id, decision_id, revision, id, changes, author_id, authority, authorised_by, reverses)
    values ($1, $2, $3::integer, $9, $4, $5, $6, $7, $8)
    on conflict on constraint change_sets_pkey do update
    set changes = excluded.changes,
        reverses = excluded.reverses,
        author_id = excluded.author_id,
        version = s.version + 1,
        updated_at = now()
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select s.organisation_id, $10, s.author_id,
        case when s.changes = '[]' then 'change_set.removed' else 'change_set.proposed' end, s.decision_id, to_jsonb(s), $11
    from stored s
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
from stored s;
