-- Takes the private teams right below a team out of the way that the caller does not see. For changes that are only tried, which are undone in
-- any case: else a refusal would show the caller that there is such a team.
-- $1 principal
-- $2 path organisation
-- $3 permission
-- $4 value 0 team
-- result: one
with hidden as (
    update teams t
    set parent_id = null
    from access($1, $2, $3) a
    where t.organisation_id = a.organisation_id and t.parent_id = $4 and t.visibility = 'private' and not a.reads_private
        and not sees_team(t.path, t.organisation_id, a.member_id)
    returning t.id
)
select count(*) as teams
from hidden;
