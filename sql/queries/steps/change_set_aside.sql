-- Takes out of the way of a change what the caller does not see: private teams below the one that is moved or deleted, and their use of the
-- area, role or framework that is deleted. For changes that are only tried, which are undone in any case: else a refusal would show the caller
-- that there is such a team.
-- $1 principal
-- $2 path organisation
-- $3 permission
-- $4 value 0 operation
-- $5 value 1 name
-- result: one
with hidden as (
    select t.organisation_id, t.id, t.path, a.member_id
    from access($1, $2, $3) a
    join teams t on t.organisation_id = a.organisation_id and t.visibility = 'private'
        and not sees_team(t.path, t.organisation_id, a.member_id)
    where not a.reads_private
),
hidden_decisions as (
    select d.organisation_id, d.id
    from hidden h
    join decisions d on d.organisation_id = h.organisation_id and d.team_id = h.id and d.proposer_id <> h.member_id
        and not takes_part(d.organisation_id, d.id, h.member_id)
    where $4::text in ('area_delete', 'framework_delete')
),
uprooted as (
    update teams t
    set parent_id = null, path = array[t.id]
    from hidden h
    where t.organisation_id = h.organisation_id and t.id = h.id and $4 in ('team_update', 'team_delete')
        and lower($5::text) = any (h.path::text[])
),
without_area as (
    update decisions d
    set area_id = null
    from hidden_decisions h
    where d.organisation_id = h.organisation_id and d.id = h.id and $4 = 'area_delete' and d.area_id::text = lower($5)
),
without_level as (
    delete from delegation_levels l
    using hidden h
    where l.organisation_id = h.organisation_id and l.team_id = h.id and $4 = 'area_delete' and l.area_id::text = lower($5)
),
without_role as (
    update team_members tm
    set role = 'member'
    from hidden h
    join roles r on r.organisation_id = h.organisation_id and r.kind = 'team' and $4 = 'role_delete' and r.id::text = lower($5)
    where tm.organisation_id = h.organisation_id and tm.team_id = h.id and tm.role = r.key
),
without_framework as (
    update decisions d
    set framework_id = case when d.framework_id = f.id then o.id else d.framework_id end,
        framework_version = case when d.framework_id = f.id then o.latest_version else d.framework_version end,
        definition = d.definition #- '{rule,fallback}'
    from hidden_decisions h
    join frameworks f on f.organisation_id = h.organisation_id and (f.key = $5 or f.id::text = lower($5))
    join frameworks o on o.organisation_id = f.organisation_id and o.key = 'majority'
    where d.organisation_id = h.organisation_id and d.id = h.id and $4 = 'framework_delete'
        and (d.framework_id = f.id or f.key in (d.definition #>> '{rule,fallback}', d.definition #>> '{rule,fallback,framework}'))
)
select count(*) as teams
from hidden;
