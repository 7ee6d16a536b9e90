-- Which of these teams the caller may name in changes of the decision: those the caller sees; of private ones only the decision's own and
-- those below it, because everybody who reads the decision reads its changes.
-- $1 principal
-- $2 path organisation
-- $3 permission
-- $4 path decision
-- $5 value 0 teams
-- result: one
select coalesce(array_agg(n.name) filter (where t.visibility = 'open' or a.reads_private
        or sees_team(t.path, t.organisation_id, a.member_id)), '{}') as seen,
    coalesce(array_agg(n.name) filter (where t.visibility = 'private' and not coalesce(d.team_id = any (t.path), false)), '{}') as private
from access($1, $2, $3) a
join decisions d on d.organisation_id = a.organisation_id and d.id = $4
cross join unnest($5::text[]) n(name)
join teams t on t.organisation_id = a.organisation_id and t.id = n.name::uuid;
