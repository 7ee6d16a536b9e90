-- Whom a secret address was given.
-- $1 value 0 hash
-- result: one
select f.person_id
from calendar_feeds f
where f.hash = $1;
