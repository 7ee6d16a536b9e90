-- By whom others were carried in an open vote: the proxies of a decision's record, by the member who gave them.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select y.truster_id as key,
    jsonb_build_object('truster_id', y.truster_id, 'trustee_id', y.trustee_id, 'voter_id', y.voter_id, 'hops', y.hops, 'ending', y.ending,
        'given_at', utc_text(y.given_at)) as item
from decision_proxies y
where y.organisation_id = $1 and y.decision_id = $2 and y.truster_id > $3::uuid
order by y.truster_id
limit $4::bigint;
