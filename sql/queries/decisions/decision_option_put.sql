-- Sets an option of the draft.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path key
-- $5 body title
-- $6 body description
-- $7 body position
-- $8 if_match
-- $9 new_id
-- $10 new_id
-- $11 request_id
-- result: one
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
    select t.organisation_id, t.id, t.member_id,
        case
            when t.access_status is not null then t.access_status
            when not etag_matches($8, coalesce(o.id || '-' || o.version, '')) then 412
            when t.status <> 'draft' then 409
        end as _status
    from target t
    left join decision_options o on o.organisation_id = t.organisation_id and o.decision_id = t.id and o.key = $4
),
changed as (
    insert into decision_options as o (organisation_id, decision_id, key, id, title, description, position)
    select c.organisation_id, c.id, $4, $9, $5, coalesce($6, ''), coalesce($7::integer, (
        select coalesce(max(p.position), 0) + 1
        from decision_options p
        where p.organisation_id = c.organisation_id and p.decision_id = c.id
    ))
    from checked c
    where c._status is null
    on conflict on constraint decision_options_pkey do update
    set title = excluded.title,
        description = excluded.description,
        position = coalesce($7::integer, o.position),
        version = o.version + 1
    returning *
),
touched as (
    update decisions d
    set version = d.version + 1,
        updated_at = now()
    from changed o
    where d.organisation_id = o.organisation_id and d.id = o.decision_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select o.organisation_id, $10, c.member_id,
        case when o.version = 1 then 'decision_option.added' else 'decision_option.updated' end, o.decision_id, to_jsonb(o), $11
    from changed o
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
    case when c._status = 409 then 'Options can be changed only while the decision is a draft.' end as _detail,
    o.id || '-' || o.version as _etag, o.key, o.title, o.description, o.position, o.version
from checked c
left join changed o on true;
