-- Whether a decision's changes are in effect; keeps others from undoing them until this transaction ends.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select s.revision, s.status = 'applied' as applied
from decisions d
cross join lateral (
    select s.*
    from change_sets s
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision <= d.revision
    order by s.revision desc
    limit 1
) s
where d.organisation_id = $1 and d.id = $2
for no key update of d;
