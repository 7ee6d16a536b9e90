-- The groups that the decision takes in, or took in, when it is opened; not those of teams that the caller may not see.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 limit
-- $5 cursor 0
-- $6 query team_id
-- cursor: key
-- result: list
with a as (
    select x.organisation_id, x.member_id, x.granted, x._status, holds($1, $2, 'team.read_private') as reads_private
    from access_decision($1, $2, 'decision.read', $3) x
)
select case when g.key is null then a._status end as _status, g.*
from a
left join lateral (
    select g.key, g.team_id, g.below, g.role, g.roles, g.level, g.weight, g.version, g.created_at
    from stakeholder_groups g
    left join teams t on t.organisation_id = g.organisation_id and t.id = g.team_id
    where a.granted and g.organisation_id = a.organisation_id and g.decision_id = $3 and g.key > coalesce($5, '')
        and ($6::uuid is null or g.team_id = $6)
        and (t.id is null or t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id))
    order by g.key
    limit $4
) g on true;
