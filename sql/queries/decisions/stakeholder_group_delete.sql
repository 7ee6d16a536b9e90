-- Takes a group of stakeholders out of the draft.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path key
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: none
with a as (
    select * from access_decision($1, $2, 'decision.update', $3)
),
target as (
    select d.organisation_id, d.id, d.status, a.member_id as actor_id, a._status as access_status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for no key update of d
),
checked as (
    select t.organisation_id, t.id, t.actor_id,
        case
            when t.access_status is not null then t.access_status
            when not etag_matches($5, g.id || '-' || g.version) then 412
            when t.status <> 'draft' then 409
        end as _status
    from target t
    left join stakeholder_groups g on g.organisation_id = t.organisation_id and g.decision_id = t.id and g.key = $4
    where g.key is not null or t.access_status is not null
),
deleted as (
    delete from stakeholder_groups g
    using checked c
    where g.organisation_id = c.organisation_id and g.decision_id = c.id and g.key = $4 and c._status is null
    returning g.*
),
touched as (
    update decisions d
    set version = d.version + 1,
        updated_at = now()
    from deleted g
    where d.organisation_id = g.organisation_id and d.id = g.decision_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select g.organisation_id, $6, c.actor_id, 'stakeholder_group.removed', g.decision_id,
        jsonb_build_object('key', g.key, 'roles', g.roles), $7
    from deleted g
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
    case when c._status = 409 then 'The electorate is frozen once the decision is open.' end as _detail
from checked c;
