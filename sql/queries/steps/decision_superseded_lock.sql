-- The decisions in force that this one supersedes. Keeps others from changing them until this transaction ends.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select d.id
from decision_links k
join decisions d on d.organisation_id = k.organisation_id and d.id = k.linked_id and d.status in ('in_force', 'kept', 'amended')
where k.organisation_id = $1 and k.decision_id = $2 and k.type = 'supersedes'
order by d.id
for no key update of d;
