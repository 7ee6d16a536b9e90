-- A draft with its text, options and stakeholders. Whoever makes it is its proposer, and takes the role `proposer` of the framework unless
-- somebody else is given it. The electorate takes in everybody who is in a team today.
-- $1 principal
-- $2 path organisation
-- $3 new_id
-- $4 body
-- $5 new_id
-- $6 request_id
-- result: one
with a as (
    select * from access($1, $2, 'decision.create')
),
teams_seen as (
    select t.organisation_id, t.id
    from a
    join teams t on t.organisation_id = a.organisation_id
        and t.id::text in (lower($4::jsonb ->> 'team_id'), lower($4::jsonb #>> '{electorate,team_id}'))
    where t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id)
),
area as (
    select r.id
    from a
    join areas r on r.organisation_id = a.organisation_id and r.id = ($4::jsonb ->> 'area_id')::uuid
    for key share of r
),
-- The one that is named, or the one that fits the delegation level.
wanted as (
    select coalesce($4::jsonb ->> 'framework', (
        select m.framework
        from teams_seen t
        cross join area r
        cross join lateral delegation_level_of(t.organisation_id, t.id, r.id) l
        join delegation_meanings m on m.level = l.level
        where t.id::text = lower($4::jsonb ->> 'team_id')
    )) as name
),
framework as (
    select f.id, f.key, v.number, v.definition
    from a
    cross join wanted w
    join frameworks f on f.organisation_id = a.organisation_id and (f.key = w.name or f.id::text = lower(w.name))
    join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
        and v.number = coalesce(($4::jsonb ->> 'framework_version')::integer, f.latest_version)
),
framework_role as (
    select r ->> 'key' as key
    from framework f
    cross join jsonb_array_elements(f.definition -> 'roles') r
),
option as (
    select o.number - 1 as index, o.value ->> 'key' as key, o.value ->> 'title' as title,
        coalesce(o.value ->> 'description', '') as description, array(
            select jsonb_array_elements_text(o.value -> 'pros')
        ) as pros, array(
            select jsonb_array_elements_text(o.value -> 'cons')
        ) as cons
    from jsonb_array_elements($4::jsonb -> 'options') with ordinality o (value, number)
),
given as (
    select s.number - 1 as index, (s.value ->> 'member_id')::uuid as member_id, s.value -> 'roles' as roles,
        s.value ->> 'level' as level, (s.value ->> 'weight')::bigint as weight, m.id is not null as known
    from a
    cross join jsonb_array_elements($4::jsonb -> 'stakeholders') with ordinality s (value, number)
    left join members m on m.organisation_id = a.organisation_id and m.id = (s.value ->> 'member_id')::uuid
        and m.status <> 'left'
),
electorate as (
    select distinct m.id as member_id
    from a
    join teams_seen e on e.id = ($4::jsonb #>> '{electorate,team_id}')::uuid
    join teams t on t.organisation_id = a.organisation_id
        and (t.id = e.id or (($4::jsonb #>> '{electorate,below}')::boolean and t.path @> array[e.id]
            and (t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id))))
    join current_team_members tm on tm.organisation_id = t.organisation_id and tm.team_id = t.id
    join members m on m.organisation_id = tm.organisation_id and m.id = tm.member_id and m.status = 'active'
),
role as (
    select g.member_id, r.role, g.index, r.number - 1 as place
    from given g
    cross join jsonb_array_elements_text(g.roles) with ordinality r (role, number)
    union all
    select e.member_id, r.role, null, null
    from electorate e
    cross join jsonb_array_elements_text($4::jsonb #> '{electorate,roles}') r (role)
    union all
    select a.member_id, 'proposer', null, null
    from a
    where exists (select from framework_role r where r.key = 'proposer')
        and not exists (select from given g where g.roles ? 'proposer')
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from (
        select '/framework' as pointer, 'unknown_reference' as code, 'There is no such framework with that version.' as detail
        from wanted w
        where w.name is not null and not exists (select from framework)
        union all
        select '/framework', 'required', 'Name a framework: no delegation level of the team in the area says which.'
        from wanted w
        where w.name is null
        union all
        select '/' || w.pointer, 'unknown_reference', 'There is no such team.'
        from (
            select 'team_id' as pointer, $4::jsonb ->> 'team_id' as id
            union all
            select 'electorate/team_id', $4::jsonb #>> '{electorate,team_id}'
        ) w
        where w.id is not null and not exists (select from teams_seen t where t.id::text = lower(w.id))
        union all
        select '/area_id', 'unknown_reference', 'There is no such area.'
        where $4::jsonb ->> 'area_id' is not null and not exists (select from area)
        union all
        (select '/stakeholders/' || g.index || '/member_id', 'unknown_reference', 'There is no such member.'
        from given g
        where not g.known
        order by g.index)
        union all
        (select '/stakeholders/' || g.index || '/member_id', 'not_unique', 'Each member stands once, with all their roles.'
        from given g
        where exists (select from given b where b.member_id = g.member_id and b.index < g.index)
        order by g.index)
        union all
        (select '/stakeholders/' || r.index || '/roles/' || r.place, 'unknown_role', 'The framework has no role of this name.'
        from role r
        where r.index is not null and exists (select from framework) and r.role not in (select key from framework_role)
        order by r.index, r.place)
        union all
        select '/electorate/roles/' || (r.number - 1), 'unknown_role', 'The framework has no role of this name.'
        from jsonb_array_elements_text($4::jsonb #> '{electorate,roles}') with ordinality r (role, number)
        where exists (select from framework) and r.role not in (select key from framework_role)
        union all
        select '/options/' || o.index || '/key', 'not_unique', 'Another option has this key.'
        from option o
        where exists (select from option b where b.key = o.key and b.index < o.index)
    ) f
),
checked as (
    select a.organisation_id, a.member_id, f.list,
        case when not a.granted then 403 when f.list is not null then 422 end as _status,
        case when a.granted and f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference' end as _code
    from a
    cross join faults f
),
created as (
    insert into decisions (organisation_id, id, team_id, area_id, title, proposer_id, framework_id, framework_version, configuration,
        secret, due_at)
    select c.organisation_id, $3, ($4::jsonb ->> 'team_id')::uuid, ($4::jsonb ->> 'area_id')::uuid, $4::jsonb ->> 'title', c.member_id, f.id, f.number,
        coalesce($4::jsonb -> 'configuration', '{}'),
        coalesce($4::jsonb -> 'secret', $4::jsonb #> '{configuration,rule,secret}', f.definition #> '{rule,secret}')
            is not distinct from 'true',
        ($4::jsonb ->> 'due_at')::timestamptz
    from checked c
    cross join framework f
    where c._status is null
    returning *
),
revision as (
    insert into decision_revisions (organisation_id, decision_id, number, title, text, author_id)
    select d.organisation_id, d.id, 1, d.title, coalesce($4::jsonb ->> 'text', ''), d.proposer_id
    from created d
    returning *
),
searched as (
    insert into decision_search (organisation_id, decision_id, document)
    select d.organisation_id, d.id, search_document(d.organisation_id, d.title, r.text, null, null)
    from created d
    cross join revision r
),
options as (
    insert into decision_options (organisation_id, decision_id, key, id, title, description, position, pros, cons)
    select d.organisation_id, d.id, o.key, derived_id($3, 'option ' || o.key), o.title, o.description, o.index + 1, o.pros, o.cons
    from created d
    cross join option o
),
electors as (
    insert into stakeholders (organisation_id, decision_id, member_id, roles, level, weight, id)
    select d.organisation_id, d.id, s.member_id, s.roles, coalesce(g.level, 'team'), coalesce(g.weight, 1),
        derived_id($3, 'stakeholder ' || s.member_id)
    from created d
    cross join (select r.member_id, array_agg(distinct r.role) as roles from role r group by r.member_id) s
    left join given g on g.member_id = s.member_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select d.organisation_id, $5, d.proposer_id, 'decision.created', d.id, to_jsonb(d) - array['definition', 'remind_at'], $6
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
select c._status, c._code, c.list as _errors,
    d.version::text as _etag, '/v1/organisations/' || d.organisation_id || '/decisions/' || d.id as _location,
    d.id, d.team_id, d.area_id, d.delegation, d.title, r.text, d.proposer_id, d.framework_id, f.key as framework_key, d.framework_version,
    d.configuration, d.secret, d.status, d.phase, d.round, d.revision, d.due_at, d.opened_at, d.phase_started_at,
    d.phase_due_at, d.closed_at, d.outcome, d.review_at, d.version, d.created_at, d.updated_at
from checked c
left join created d on true
left join revision r on true
left join framework f on true;
