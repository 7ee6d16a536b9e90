-- The changes that the decision is to make now: it is adopted, and they were not made yet.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select s.revision, s.changes, s.reverses, s.authority, o.winners
from decisions d
join outcomes o on o.organisation_id = d.organisation_id and o.decision_id = d.id
cross join lateral (
    select s.*
    from change_sets s
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision <= d.revision
    order by s.revision desc
    limit 1
) s
where d.organisation_id = $1 and d.id = $2 and o.outcome = 'adopted' and d.status not in ('superseded', 'retired') and s.changes <> '[]'
    and s.status in ('proposed', 'failed') and s.authority is not null;
