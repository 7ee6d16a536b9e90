-- Makes those whom the draft's groups take in today its stakeholders. No row: it has no groups.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 new_id
-- $5 new_id
-- $6 request_id
-- result: one
with added as (
    insert into stakeholders as s (organisation_id, decision_id, member_id, roles, level, weight, id, of_group)
    select $1, $2, e.member_id, e.roles, e.level, e.weight, derived_id($4, 'stakeholder ' || e.member_id), true
    from electorate_of($1, $2) e
    where exists (select from stakeholder_groups g where g.organisation_id = $1 and g.decision_id = $2)
    on conflict on constraint stakeholders_pkey do update
    set roles = excluded.roles,
        version = s.version + 1
    where not excluded.roles <@ s.roles
    returning s.member_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select $1, $5, $3, 'stakeholder_group.expanded', $2, jsonb_build_object('decision_id', $2::uuid, 'members', count(*)), $6
    from added
    having count(*) > 0
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
select a.id
from audit a;
