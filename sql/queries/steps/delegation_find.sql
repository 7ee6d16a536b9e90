-- The delegation level that applies to the draft, who is in its team today, and what is kept of it when the draft is opened. No row: none.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select l.level, l.delegator_id, array(
        select tm.member_id
        from current_team_members tm
        join members m on m.organisation_id = tm.organisation_id and m.id = tm.member_id and m.status = 'active'
        where tm.organisation_id = d.organisation_id and tm.team_id = d.team_id
        order by tm.member_id
    ) as team,
    jsonb_build_object('level', l.level, 'name', m.name, 'area_id', l.area_id, 'delegator_id', l.delegator_id,
        'answer_within_days', l.answer_within_days, 'deciders', m.deciders, 'duties', m.duties) as frozen
from decisions d
cross join lateral delegation_level_of(d.organisation_id, d.team_id, d.area_id) l
join delegation_meanings m on m.level = l.level
where d.organisation_id = $1 and d.id = $2;
