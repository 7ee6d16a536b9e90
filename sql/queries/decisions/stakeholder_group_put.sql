-- Says which group of members the draft takes in when it is opened.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path key
-- $5 body
-- $6 body_texts roles
-- $7 if_match
-- $8 new_id
-- $9 new_id
-- $10 request_id
-- result: one
with a as (
    select x.organisation_id, x.member_id, x._status
    from access_decision($1, $2, 'decision.update', $3) x
),
target as (
    select d.organisation_id, d.id, d.status, d.framework_id, d.framework_version, a.member_id as actor_id,
        a._status as access_status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for no key update of d
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from target t
    cross join lateral (
        select '/team_id' as pointer, 'unknown_reference' as code, 'There is no such team.' as detail
        where $5::jsonb ->> 'team_id' is not null and not exists (
            select from teams x
            where x.organisation_id = t.organisation_id and x.id = ($5::jsonb ->> 'team_id')::uuid
                and (x.visibility = 'open' or sees_team(x.path, t.organisation_id, t.actor_id) or holds($1, $2, 'team.read_private'))
        )
        union all
        select '/role', 'unknown_reference', 'There is no such role.'
        where $5::jsonb ->> 'role' is not null and not exists (
            select from roles r
            where r.organisation_id = t.organisation_id and r.key = $5::jsonb ->> 'role'
                and r.kind = case when $5::jsonb ->> 'team_id' is null then 'organisation' else 'team' end
        )
        union all
        select '/below', 'config_conflict', 'There is nothing below: no team is named.'
        where $5::jsonb -> 'below' = 'true' and $5::jsonb ->> 'team_id' is null
        union all
        select '/roles/' || (r.number - 1), 'unknown_role', 'The framework has no role of this name.'
        from framework_versions v
        cross join unnest($6::text[]) with ordinality r (role, number)
        where v.organisation_id = t.organisation_id and v.framework_id = t.framework_id and v.number = t.framework_version
            and not exists (select from jsonb_array_elements(v.definition -> 'roles') k where k ->> 'key' = r.role)
    ) f
),
checked as (
    select t.organisation_id, t.id, t.actor_id, f.list,
        case
            when t.access_status is not null then t.access_status
            when not etag_matches($7, coalesce(g.id || '-' || g.version, '')) then 412
            when t.status <> 'draft' then 409
            when f.list is not null then 422
        end as _status
    from target t
    cross join faults f
    left join stakeholder_groups g on g.organisation_id = t.organisation_id and g.decision_id = t.id and g.key = $4
),
changed as (
    insert into stakeholder_groups as g (organisation_id, decision_id, key, team_id, below, role, roles, level, weight, added_by, id)
    select c.organisation_id, c.id, $4, ($5::jsonb ->> 'team_id')::uuid, coalesce(($5::jsonb ->> 'below')::boolean, false),
        $5::jsonb ->> 'role', $6, coalesce($5::jsonb ->> 'level', 'team'), coalesce(($5::jsonb ->> 'weight')::bigint, 1), c.actor_id, $8
    from checked c
    where c._status is null
    on conflict on constraint stakeholder_groups_pkey do update
    set team_id = excluded.team_id,
        below = excluded.below,
        role = excluded.role,
        roles = excluded.roles,
        level = excluded.level,
        weight = excluded.weight,
        added_by = excluded.added_by,
        version = g.version + 1
    returning *
),
touched as (
    update decisions d
    set version = d.version + 1,
        updated_at = now()
    from changed g
    where d.organisation_id = g.organisation_id and d.id = g.decision_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select g.organisation_id, $9, g.added_by,
        case when g.version = 1 then 'stakeholder_group.added' else 'stakeholder_group.updated' end, g.decision_id, to_jsonb(g), $10
    from changed g
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
select c._status,
    case when c._status = 409 then 'decision_state' when c._status = 422 and c.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference' end
        as _code,
    case when c._status = 409 then 'The electorate is frozen once the decision is open.' end as _detail,
    case when c._status = 422 then c.list end as _errors, g.id || '-' || g.version as _etag,
    g.key, g.team_id, g.below, g.role, g.roles, g.level, g.weight, g.version, g.created_at
from checked c
left join changed g on true;
