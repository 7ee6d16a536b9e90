-- The open ballots of the decision, by member. Secret ones are never listed, others not before the end where the rule closes the results.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 limit
-- $5 cursor 0
-- $6 cursor 1
-- $7 query revision
-- $8 query member_id
-- cursor: member_id, revision
-- result: list
select coalesce(a._status, case when d.secret or h.hidden then 403 end) as _status,
    case
        when a._status is null and d.secret then 'ballots_secret'
        when a._status is null and h.hidden then 'results_hidden'
    end as _code, b.*
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
cross join lateral (
    select d.outcome is null and d.definition #>> '{rule,results}' is not distinct from 'closed' as hidden
) h
left join lateral (
    select b.decision_id, b.member_id, b.revision, false as secret, b.ballot, b.version, b.cast_at
    from ballots b
    where a.granted and not d.secret and not h.hidden and b.organisation_id = d.organisation_id and b.decision_id = d.id
        and (b.member_id, b.revision) > (coalesce($5::uuid, '00000000-0000-0000-0000-000000000000'), coalesce($6::integer, 0))
        and ($7::integer is null or b.revision = $7)
        and ($8::uuid is null or b.member_id = $8)
    order by b.member_id, b.revision
    limit $4
) b on true;
