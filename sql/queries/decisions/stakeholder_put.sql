-- Says which roles a member has in the draft.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path member
-- $5 body_texts roles
-- $6 body level
-- $7 body weight
-- $8 if_match
-- $9 new_id
-- $10 new_id
-- $11 request_id
-- result: one
with a as (
    select * from access_decision($1, $2, 'decision.update', $3)
),
target as (
    select d.organisation_id, d.id, d.status, d.framework_id, d.framework_version, a.member_id as actor_id,
        a._status as access_status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for no key update of d
),
member as (
    select m.id, m.display_name
    from target t
    join members m on m.organisation_id = t.organisation_id and m.id = $4 and m.status <> 'left'
    for share of m
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', '/roles/' || (r.number - 1), 'code', 'unknown_role',
        'detail', 'The framework has no role of this name.')) as list
    from target t
    join framework_versions v on v.organisation_id = t.organisation_id and v.framework_id = t.framework_id
        and v.number = t.framework_version
    cross join unnest($5::text[]) with ordinality r (role, number)
    where not exists (select from jsonb_array_elements(v.definition -> 'roles') k where k ->> 'key' = r.role)
),
checked as (
    select t.organisation_id, t.id, t.actor_id, m.id as member_id, m.display_name, f.list,
        case
            when t.access_status is not null then t.access_status
            when not etag_matches($8, coalesce(s.id || '-' || s.version, '')) then 412
            when t.status <> 'draft' then 409
            when f.list is not null then 422
        end as _status
    from target t
    cross join member m
    cross join faults f
    left join stakeholders s on s.organisation_id = t.organisation_id and s.decision_id = t.id and s.member_id = m.id
),
changed as (
    insert into stakeholders as s (organisation_id, decision_id, member_id, roles, level, weight, id)
    select c.organisation_id, c.id, c.member_id, $5, coalesce($6, 'team'), coalesce($7::bigint, 1), $9
    from checked c
    where c._status is null
    on conflict on constraint stakeholders_pkey do update
    set roles = excluded.roles,
        level = excluded.level,
        weight = excluded.weight,
        version = s.version + 1
    returning *
),
touched as (
    update decisions d
    set version = d.version + 1,
        updated_at = now()
    from changed s
    where d.organisation_id = s.organisation_id and d.id = s.decision_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select s.organisation_id, $10, c.actor_id,
        case when s.version = 1 then 'stakeholder.added' else 'stakeholder.updated' end, s.decision_id, to_jsonb(s), $11
    from changed s
    cross join checked c
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
select c._status, case when c._status = 409 then 'decision_state' end as _code,
    case when c._status = 409 then 'The electorate is frozen once the decision is open.' end as _detail,
    case when c._status = 422 then c.list end as _errors, s.id || '-' || s.version as _etag,
    s.member_id, c.display_name, s.roles, s.level, s.weight, s.notified_at, s.version, s.created_at
from checked c
left join changed s on true;
