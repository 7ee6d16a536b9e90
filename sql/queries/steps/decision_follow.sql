-- The draft that continues a decision which escalated, by its fallback framework: the text of the current revision, options, changes, links,
-- and the stakeholders who are still there, each with the roles that theirs become. Who has none there stays a stakeholder without.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 follow_up_id
-- $4 value 3 framework_id
-- $5 value 4 framework_version
-- $6 value 5 configuration
-- $7 value 6 roles
-- $8 new_id
-- $9 request_id
-- result: one
with source as (
    select d.*, r.text, r.author_id,
        coalesce($6::jsonb #> '{rule,secret}', v.definition #> '{rule,secret}') is not distinct from 'true' as secret_then,
        v.definition -> 'roles' @> '[{"key": "proposer"}]' and not $7::jsonb @> '[{"from": "proposer"}]' as lacks_proposer
    from decisions d
    join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
    join framework_versions v on v.organisation_id = d.organisation_id and v.framework_id = $4::uuid and v.number = $5::integer
    where d.organisation_id = $1 and d.id = $2
),
created as (
    insert into decisions (organisation_id, id, team_id, area_id, title, proposer_id, framework_id, framework_version, configuration, secret)
    select s.organisation_id, $3, s.team_id, s.area_id, s.title, s.proposer_id, $4::uuid, $5::integer, coalesce($6::jsonb, '{}'), s.secret_then
    from source s
    returning *
),
revision as (
    insert into decision_revisions (organisation_id, decision_id, number, title, text, author_id)
    select d.organisation_id, d.id, 1, d.title, s.text, s.author_id
    from created d
    cross join source s
    returning *
),
searched as (
    insert into decision_search (organisation_id, decision_id, document)
    select r.organisation_id, r.decision_id, search_document(r.organisation_id, r.title, r.text, null, null)
    from revision r
),
options as (
    insert into decision_options (organisation_id, decision_id, key, id, title, description, position, pros, cons)
    select d.organisation_id, d.id, o.key, derived_id($3, 'option ' || o.key), o.title, o.description, o.position, o.pros, o.cons
    from created d
    join decision_options o on o.organisation_id = d.organisation_id and o.decision_id = $2
),
electors as (
    insert into stakeholders (organisation_id, decision_id, member_id, roles, level, weight, id)
    select d.organisation_id, d.id, h.member_id, array(
            select c.role
            from (
                select m ->> 'to' as role
                from jsonb_array_elements($7::jsonb) m
                where m ->> 'from' = any (h.roles)
                union
                select 'proposer'
                from source s
                where s.lacks_proposer and h.member_id = s.proposer_id
            ) c
            order by c.role
        ), h.level, h.weight, derived_id($3, 'stakeholder ' || h.member_id)
    from created d
    join stakeholders h on h.organisation_id = d.organisation_id and h.decision_id = $2
    join members m on m.organisation_id = h.organisation_id and m.id = h.member_id and m.status <> 'left'
),
proposer as (
    insert into stakeholders (organisation_id, decision_id, member_id, roles, level, weight, id)
    select d.organisation_id, d.id, m.id, array['proposer'], 'team', 1, derived_id($3, 'stakeholder ' || m.id)
    from created d
    cross join source s
    join members m on m.organisation_id = d.organisation_id and m.id = d.proposer_id and m.status <> 'left'
    where s.lacks_proposer and not exists (
        select from stakeholders h where h.organisation_id = d.organisation_id and h.decision_id = $2 and h.member_id = m.id
    )
),
changes as (
    insert into change_sets (organisation_id, decision_id, revision, id, changes, reverses, author_id)
    select d.organisation_id, d.id, 1, derived_id($3, 'changes'), c.changes, c.reverses, c.author_id
    from created d
    cross join source s
    cross join lateral (
        select h.*
        from change_sets h
        where h.organisation_id = d.organisation_id and h.decision_id = $2 and h.revision <= s.revision
        order by h.revision desc
        limit 1
    ) c
    where c.changes <> '[]'
),
link as (
    insert into decision_links (organisation_id, decision_id, type, linked_id, id, note, created_by)
    select d.organisation_id, d.id, k.type, k.linked_id, derived_id($3, k.type || k.linked_id), k.note, k.created_by
    from created d
    join decision_links k on k.organisation_id = d.organisation_id and k.decision_id = $2 and k.type <> 'continues'
    union all
    select d.organisation_id, d.id, 'continues', $2, derived_id($3, 'continues'), '', d.proposer_id
    from created d
),
audit as (
    insert into audit_log (organisation_id, id, action, resource_id, data, request_id)
    select d.organisation_id, $8, 'decision.created', d.id,
        (to_jsonb(d) - array['definition', 'remind_at']) || jsonb_build_object('continues', $2::uuid), $9
    from created d
    returning *
),
chain as (
    insert into audit_chains (organisation_id, resource_id, length, hash)
    select x.organisation_id, x.resource_id, 1, sha256(audit_digest(row(x.*)::audit_log))
    from audit x
    returning *
),
chain_link as (
    insert into audit_links (organisation_id, resource_id, number, audit_id, hash)
    select c.organisation_id, c.resource_id, c.length, x.id, c.hash
    from chain c
    cross join audit x
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select d.id
from created d;
