-- A decision that is to be looked at, after the one that was looked at last.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select s.organisation_id, s.decision_id, s.version
from settlements s
where (s.organisation_id, s.decision_id) > ($1, $2)
order by s.organisation_id, s.decision_id
limit 1;
