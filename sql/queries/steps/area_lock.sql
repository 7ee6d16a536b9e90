-- As structure_lock, for a move of areas: what lies above and below one must not change while it is read.
-- $1 principal
-- $2 path organisation
-- result: one
select o.organisation_id
from access($1, $2, 'area.manage') a
join organisations o on o.organisation_id = a.organisation_id
where a.granted
for no key update of o;
