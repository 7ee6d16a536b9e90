-- A ballot of a large electorate may have ended the phase.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: none
insert into settlements as s (organisation_id, decision_id)
values ($1, $2)
on conflict on constraint settlements_pkey do update
set version = s.version + 1;
