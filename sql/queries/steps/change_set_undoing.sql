-- What undoes the changes of another decision that the caller may read, while they are in effect.
-- $1 principal
-- $2 path organisation
-- $3 permission
-- $4 value 0 reverses
-- result: one
select s.reverse
from access_decision($1, $2, $3, $4) a
cross join lateral (select (a.decision_row).*) d
cross join lateral (
    select s.*
    from change_sets s
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision <= d.revision
    order by s.revision desc
    limit 1
) s
where s.status = 'applied' and s.reverse <> '[]' and holds($1, $2, 'decision.read');
