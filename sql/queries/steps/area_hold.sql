-- Waits for whoever is using the area just now, and keeps others from it until this transaction ends. A statement of its own, so that the
-- one after it sees every use.
-- $1 principal
-- $2 path organisation
-- $3 path area
-- result: one
select r.id
from access($1, $2, 'area.manage') a
join areas r on r.organisation_id = a.organisation_id and r.id = $3
where a.granted
for update of r;
