-- The decision was looked at, and no ballot has come since.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 version
-- result: none
delete from settlements s
where s.organisation_id = $1 and s.decision_id = $2 and s.version = $3;
