-- Takes a link away; what an open decision supersedes stays.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path type
-- $5 path linked
-- $6 if_match
-- $7 new_id
-- $8 request_id
-- result: none
with a as (
    select * from access_decision($1, $2, 'decision.update', $3)
),
target as (
    select d.organisation_id, d.id, d.status, a.member_id, a._status as access_status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for no key update of d
),
checked as (
    select k.*, t.member_id, case
            when t.access_status is not null then t.access_status
            when not etag_matches($6, k.id || '-' || k.version) then 412
            when $4 = 'supersedes' and t.status <> 'draft' then 409
        end as _status
    from target t
    join access_decision($1, $2, 'decision.update', $5) x on true
    join decision_links k on k.organisation_id = t.organisation_id and k.decision_id = t.id and k.type = $4 and k.linked_id = $5
),
deleted as (
    delete from decision_links k
    using checked c
    where k.organisation_id = c.organisation_id and k.decision_id = c.decision_id and k.type = c.type and k.linked_id = c.linked_id
        and c._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select c.organisation_id, $7, c.member_id, 'decision_link.removed', c.decision_id,
        jsonb_build_object('type', c.type, 'linked_id', c.linked_id), $8
    from checked c
    where c._status is null
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
    case when c._status = 409 then 'What a decision supersedes is said before it is opened.' end as _detail
from checked c;
