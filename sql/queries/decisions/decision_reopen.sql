-- A new draft like an earlier decision: its text, framework, configuration, options, stakeholders, groups of them and changes, linked to it.
-- Whoever makes it is its proposer, has put the groups and proposes the changes, and takes over no more of them than they could put
-- themselves; who has left is left out, and so is who came by a group while groups say anew who that is. It supersedes what is in force, where
-- the caller may end that.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 new_id
-- $5 new_id
-- $6 request_id
-- $7 new_id
-- $8 new_id
-- result: one
with a as (
    select * from access_decision($1, $2, 'decision.create', $3)
),
source as (
    select d.*, a.member_id, holds($1, $2, 'team.read_private') as reads_private, r.text, f.key as framework_key,
        v.definition -> 'roles' @> '[{"key": "proposer"}]' as has_proposer,
        case when d.status in ('in_force', 'kept', 'amended') and may_end_decision($1, $2, $3) then 'supersedes' else 'relates_to' end
            as link_type,
        case when a._status is not null then a._status when d.status in ('draft', 'open') then 409 end as _status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
    join frameworks f on f.organisation_id = d.organisation_id and f.id = d.framework_id
    join framework_versions v on v.organisation_id = d.organisation_id and v.framework_id = d.framework_id
        and v.number = d.framework_version
),
group_kept as (
    select g.*
    from source d
    join stakeholder_groups g on g.organisation_id = d.organisation_id and g.decision_id = d.id
    left join teams t on t.organisation_id = g.organisation_id and t.id = g.team_id
    where g.team_id is null or t.visibility = 'open' or d.reads_private or sees_team(t.path, d.organisation_id, d.member_id)
),
role as (
    select s.member_id, r.role, s.level, s.weight
    from source d
    join stakeholders s on s.organisation_id = d.organisation_id and s.decision_id = d.id
    join members m on m.organisation_id = s.organisation_id and m.id = s.member_id and m.status <> 'left'
    cross join unnest(s.roles) r (role)
    where r.role <> 'proposer' and not (s.of_group and exists (select from group_kept))
    union all
    select d.member_id, 'proposer', s.level, s.weight
    from source d
    left join stakeholders s on s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = d.member_id
    where d.has_proposer
),
created as (
    insert into decisions (organisation_id, id, team_id, area_id, title, proposer_id, framework_id, framework_version, configuration, secret)
    select s.organisation_id, $4, s.team_id, s.area_id, s.title, s.member_id, s.framework_id, s.framework_version, s.configuration, s.secret
    from source s
    where s._status is null
    returning *
),
revision as (
    insert into decision_revisions (organisation_id, decision_id, number, title, text, author_id)
    select d.organisation_id, d.id, 1, d.title, s.text, d.proposer_id
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
    select d.organisation_id, d.id, o.key, derived_id($4, 'option ' || o.key), o.title, o.description, o.position, o.pros, o.cons
    from created d
    join decision_options o on o.organisation_id = d.organisation_id and o.decision_id = $3
),
electors as (
    insert into stakeholders (organisation_id, decision_id, member_id, roles, level, weight, id)
    select d.organisation_id, d.id, r.member_id, array_agg(r.role order by r.role), coalesce(max(r.level), 'team'),
        coalesce(max(r.weight), 1), derived_id($4, 'stakeholder ' || r.member_id)
    from created d
    cross join role r
    group by d.organisation_id, d.id, r.member_id
),
groups as (
    insert into stakeholder_groups (organisation_id, decision_id, key, team_id, below, role, roles, level, weight, added_by, id)
    select d.organisation_id, d.id, g.key, g.team_id, g.below, g.role, g.roles, g.level, g.weight, d.proposer_id,
        derived_id($4, 'group ' || g.key)
    from created d
    cross join group_kept g
),
changes as (
    insert into change_sets (organisation_id, decision_id, revision, id, changes, reverses, author_id)
    select d.organisation_id, d.id, 1, $7, c.changes, c.reverses, d.proposer_id
    from created d
    cross join source s
    cross join lateral (
        select c.changes, c.reverses
        from change_sets c
        where c.organisation_id = s.organisation_id and c.decision_id = s.id and c.revision <= s.revision
        order by c.revision desc
        limit 1
    ) c
    where c.changes <> '[]'
        and not exists (
            select from jsonb_array_elements(c.changes) g (change)
            cross join lateral (values (g.change #>> '{path,team}'), (g.change #>> '{body,parent_id}')) n (name)
            join teams t on t.organisation_id = d.organisation_id and t.id::text = lower(n.name) and t.visibility = 'private'
            where not coalesce(d.team_id = any (t.path), false)
                or not (s.reads_private or sees_team(t.path, d.organisation_id, d.proposer_id))
        )
        and (c.reverses is null or exists (
            select from access_decision($1, $2, 'decision.create', c.reverses) x
            cross join lateral (
                select u.status
                from change_sets u
                where u.organisation_id = x.organisation_id and u.decision_id = c.reverses
                    and u.revision <= (x.decision_row).revision
                order by u.revision desc
                limit 1
            ) u
            where u.status = 'applied'
        ))
    returning *
),
link as (
    insert into decision_links (organisation_id, decision_id, type, linked_id, id, created_by)
    select d.organisation_id, d.id, s.link_type, s.id, derived_id($4, 'link'), d.proposer_id
    from created d
    cross join source s
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select d.organisation_id, $5::uuid, d.proposer_id, 'decision.created', d.id,
        (to_jsonb(d) - array['definition', 'remind_at']) || jsonb_build_object('reopens', s.id, 'link', s.link_type), $6
    from created d
    cross join source s
    union all
    select c.organisation_id, $8::uuid, c.author_id, 'change_set.proposed', c.decision_id, to_jsonb(c), $6
    from changes c
    returning *
),
linked as (
    select x.organisation_id, x.resource_id, 1 as number, x.id, sha256(audit_digest(row(x.*)::audit_log)) as hash
    from audit x
    where x.id = $5::uuid
),
linked_next as (
    select * from linked
    union all
    select x.organisation_id, x.resource_id, 2, x.id, sha256(l.hash || audit_digest(row(x.*)::audit_log))
    from linked l
    join audit x on x.id = $8::uuid
),
chain as (
    insert into audit_chains (organisation_id, resource_id, length, hash)
    select l.organisation_id, l.resource_id, l.number, l.hash
    from linked_next l
    where l.number = (select count(*) from audit)
    returning *
),
chain_link as (
    insert into audit_links (organisation_id, resource_id, number, audit_id, hash)
    select l.organisation_id, l.resource_id, l.number, l.id, l.hash
    from linked_next l
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select s._status, case when s._status = 409 then 'decision_state' end as _code,
    case when s._status = 409 then 'Only what is closed can be reopened.' end as _detail,
    case when s.status = 'open' and s.phase_due_at <= now() and s._status = 409 then array[s.organisation_id, s.id] end as _settle,
    d.version::text as _etag, '/v1/organisations/' || d.organisation_id || '/decisions/' || d.id as _location,
    d.id, d.team_id, d.area_id, d.delegation, d.title, r.text, d.proposer_id, d.framework_id, s.framework_key, d.framework_version,
    d.configuration, d.secret, d.status, d.phase, d.round, d.revision, d.due_at, d.opened_at, d.phase_started_at,
    d.phase_due_at, d.closed_at, d.outcome, d.review_at, d.version, d.created_at, d.updated_at
from source s
left join created d on true
left join revision r on true;
