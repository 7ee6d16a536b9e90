-- What was set for the team in the area, newest first; by which decision, as far as the caller may see it.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 path area
-- $5 limit
-- $6 cursor 0
-- cursor: id
-- result: list
select case when h.id is null then a._status end as _status, h.*
from access_team($1, $2, 'delegation_level.read', $3) a
join areas r on r.organisation_id = a.organisation_id and r.id = $4
left join lateral (
    select h.id, h.level, m.name, h.delegator_id, h.answer_within_days, h.note, h.changed_by, shown_decision($1, $2, h.decision_id) as decision_id, h.changed_at
    from delegation_level_history h
    left join delegation_meanings m on m.level = h.level
    where a.granted and h.organisation_id = r.organisation_id and h.team_id = $3 and h.area_id = r.id
        and h.id < coalesce($6::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    order by h.id desc
    limit $5
) h on true;
