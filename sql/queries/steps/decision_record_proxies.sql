-- By whom others were carried in an open vote: the proxies of a decision's record, by the member who gave them.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select y.truster_id as _key, y.truster_id, y.trustee_id, y.voter_id, y.hops, y.ending, y.given_at
from decision_proxies y
where y.organisation_id = $1 and y.decision_id = $2 and y.truster_id > $3::uuid
order by y.truster_id
limit $4::bigint;
