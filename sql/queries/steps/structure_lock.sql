-- Keeps every other move of teams in the organisation, and every new team below another, waiting until this transaction ends.
-- A statement of its own, so that the one after it sees what those before it have written.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- result: one
select o.organisation_id
from access_team($1, $2, 'team.update', $3) a
join organisations o on o.organisation_id = a.organisation_id
where a.granted
for no key update of o;
