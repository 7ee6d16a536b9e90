-- The levels that are set for the team, by area.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 limit
-- $5 cursor 0
-- $6 cursor 1
-- $7 query delegator_id
-- $8 query root
-- cursor: area_name, area_id
-- result: list
select case when l.area_id is null then a._status end as _status, l.*
from access_team($1, $2, 'delegation_level.read', $3) a
left join lateral (
    select l.team_id, l.area_id, r.name as area_name, null::uuid as inherited_from, l.level, m.name, l.delegator_id,
        l.answer_within_days, l.note, m.framework, m.deciders, m.duties, l.version, l.created_at, l.updated_at
    from delegation_levels l
    join areas r on r.organisation_id = l.organisation_id and r.id = l.area_id
    join delegation_meanings m on m.level = l.level
    where a.granted and l.organisation_id = a.organisation_id and l.team_id = $3
        and (r.name, r.id) > (coalesce($5, ''), coalesce($6::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($7::uuid is null or l.delegator_id = $7)
        and ($8::uuid is null or r.path @> array[$8::uuid])
    order by r.name, r.id
    limit $4
) l on true;
