-- The member's open ballot on the current revision, in place of an earlier one. Where the rule closes the results until the end, the trail
-- does not tell them either.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 value 3 ballot
-- $5 value 4 now
-- $6 if_match
-- $7 new_id
-- $8 new_id
-- $9 request_id
-- result: one
with checked as (
    select d.organisation_id, d.id, d.revision, d.definition #>> '{rule,results}' is not distinct from 'closed' as hidden,
        case when not etag_matches($6, coalesce(b.id || '-' || b.version, '')) then 412 end as _status
    from decisions d
    left join ballots b on b.organisation_id = d.organisation_id and b.decision_id = d.id and b.member_id = $3
        and b.revision = d.revision
    where d.organisation_id = $1 and d.id = $2
),
cast_ballot as (
    insert into ballots as b (organisation_id, decision_id, member_id, revision, id, ballot, cast_at)
    select c.organisation_id, c.id, $3, c.revision, $7, $4, $5
    from checked c
    where c._status is null
    on conflict on constraint ballots_pkey do update
    set ballot = excluded.ballot,
        version = b.version + 1,
        cast_at = excluded.cast_at
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select b.organisation_id, $8, b.member_id, case when b.version = 1 then 'ballot.cast' else 'ballot.changed' end,
        b.decision_id, to_jsonb(b) - case when c.hidden then 'ballot' else '' end, $9
    from cast_ballot b
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
select c._status, b.id || '-' || b.version as _etag, b.decision_id, b.member_id, b.revision, false as secret, b.ballot,
    b.version, b.cast_at
from checked c
left join cast_ballot b on true;
