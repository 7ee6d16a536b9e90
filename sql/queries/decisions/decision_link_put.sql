-- Links the decision to another one. What it supersedes belongs to what is decided, so that is said in the draft, by somebody who may end
-- the other one.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path type
-- $5 path linked
-- $6 body note
-- $7 if_match
-- $8 new_id
-- $9 new_id
-- $10 request_id
-- result: one
with a as (
    select * from access_decision($1, $2, 'decision.update', $3)
),
linked as (
    select d.id, d.title, d.status, d.outcome
    from access_decision($1, $2, 'decision.update', $5) x
    join decisions d on d.organisation_id = x.organisation_id and d.id = $5
),
target as (
    select d.organisation_id, d.id, d.status, a.member_id, a._status as access_status
    from a
    join linked l on true
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for no key update of d
),
checked as (
    select t.organisation_id, t.id, t.member_id, t.access_status is null as may_change, case
            when t.access_status is not null then 'permission_denied'
            when not etag_matches($7, coalesce(k.id || '-' || k.version, '')) then 'precondition_failed'
            when t.id = $5 then 'conflict'
            when $4 = 'supersedes' and (t.status <> 'draft' or l.status not in ('in_force', 'kept', 'amended')) then 'decision_state'
            when $4 = 'supersedes' and not may_end_decision($1, $2, $5) then 'permission_denied'
            when k.id is null and (
                select count(*)
                from decision_links o
                where o.organisation_id = t.organisation_id and o.decision_id = t.id
            ) >= 200 then 'conflict'
        end as _code, case
            when t.id = $5 then 'A decision can''t be linked to itself.'
            when $4 = 'supersedes' and t.status <> 'draft' then 'What a decision supersedes is said before it is opened.'
            when $4 = 'supersedes' and l.status not in ('in_force', 'kept', 'amended') then 'Only what is in force can be superseded.'
            else 'A decision may have 200 links.'
        end as _detail
    from target t
    cross join linked l
    left join decision_links k on k.organisation_id = t.organisation_id and k.decision_id = t.id and k.type = $4 and k.linked_id = $5
),
changed as (
    insert into decision_links as k (organisation_id, decision_id, type, linked_id, id, note, created_by)
    select c.organisation_id, c.id, $4, $5, $8, coalesce($6, ''), c.member_id
    from checked c
    where c._code is null
    on conflict on constraint decision_links_pkey do update
    set note = excluded.note,
        version = k.version + 1
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select k.organisation_id, $9, c.member_id,
        case when k.version = 1 then 'decision_link.added' else 'decision_link.updated' end, k.decision_id, to_jsonb(k), $10
    from changed k
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
select case c._code when 'permission_denied' then 403 when 'precondition_failed' then 412 else case when c._code is not null then 409 end end
        as _status,
    c._code, case when c._code in ('conflict', 'decision_state') then c._detail end as _detail,
    case when c._code = 'permission_denied' and c.may_change then 'decision.review' end as _permission,
    k.id || '-' || k.version as _etag,
    k.type, 'outgoing' as direction, l.id as decision_id, l.title, l.status, l.outcome, k.note, k.created_by, k.version, k.created_at
from checked c
cross join linked l
left join changed k on true;
