-- Counts a secret ballot, and notes apart from it who has taken part. Every row of the decision is written anew, in the order of their
-- hashes, so that neither place nor transaction of a row tells whose ballot came last. For each member whom the ballot carries it counts
-- once more, by itself, so that its weight leads to nobody. The audit row is in no chain: the length of that would tell how many have
-- voted while it may not be known.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 value 3 ballot
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- $8 value 4 carried
-- result: one
with checked as (
    select d.organisation_id, d.id, d.revision, s.weight, case when $5::text[] is not null then 412 end as _status
    from decisions d
    join stakeholders s on s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = $3
    where d.organisation_id = $1 and d.id = $2
),
carried as (
    insert into decision_proxies (organisation_id, decision_id, truster_id, trustee_id, voter_id, hops, ending, given_at)
    select c.organisation_id, c.id, p.truster_id, p.trustee_id, p.voter_id, p.hops, p.ending, p.given_at
    from checked c
    cross join jsonb_to_recordset($8::jsonb) p (truster_id uuid, trustee_id uuid, voter_id uuid, hops integer, ending text,
        given_at timestamptz)
    where c._status is null
    returning *
),
before as (
    delete from secret_ballots b
    using checked c
    where b.organisation_id = c.organisation_id and b.decision_id = c.id and b.revision = c.revision and c._status is null
    returning b.weight, b.hash, b.ballot, b.count
),
after as (
    insert into secret_ballots (organisation_id, decision_id, revision, weight, hash, ballot, count)
    select c.organisation_id, c.id, c.revision, x.weight, x.hash, x.ballot, sum(x.count)
    from checked c
    cross join (
        select b.weight, b.hash, b.ballot, b.count
        from before b
        union all
        select n.weight, sha256(convert_to($4, 'UTF8')), $4::jsonb, 1
        from checked n
        where n._status is null
        union all
        select s.weight, sha256(convert_to($4, 'UTF8')), $4::jsonb, 1
        from carried p
        join stakeholders s on s.organisation_id = p.organisation_id and s.decision_id = p.decision_id and s.member_id = p.truster_id
    ) x
    group by c.organisation_id, c.id, c.revision, x.weight, x.hash, x.ballot
    order by x.weight, x.hash
),
voter as (
    insert into secret_voters (organisation_id, decision_id, revision, member_id)
    select c.organisation_id, c.id, c.revision, $3
    from checked c
    where c._status is null
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select v.organisation_id, $6, v.member_id, 'ballot.cast', v.decision_id,
        jsonb_build_object('decision_id', v.decision_id, 'revision', v.revision, 'secret', true), $7
    from voter v
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, 'cast-' || v.revision as _etag, v.decision_id, v.member_id, v.revision, true as secret,
    null::jsonb as ballot, 1::bigint as version, null::timestamptz as cast_at
from checked c
left join voter v on true;
