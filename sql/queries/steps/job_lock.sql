-- Jobs of one person are counted and made one after the other.
-- $1 value 0 person
-- result: one
select p.id
from people p
where p.id = $1
for no key update of p;
