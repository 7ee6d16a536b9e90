-- Open ballots of a decision's record on one revision, by member. Where the rule closes the results until the end, there are none before.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- $5 value 4 revision
-- result: one
select b.member_id as _key, b.member_id, b.revision, b.ballot, b.cast_at
from decisions d
join ballots b on b.organisation_id = d.organisation_id and b.decision_id = d.id
where d.organisation_id = $1 and d.id = $2 and b.member_id > $3::uuid and b.revision = $5::integer and not d.secret
    and (d.outcome is not null or d.definition #>> '{rule,results}' is distinct from 'closed')
order by b.member_id
limit $4::bigint;
