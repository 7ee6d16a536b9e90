-- The stakeholders of the decision, by name.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 limit
-- $5 cursor 0
-- $6 cursor 1
-- $7 query role
-- $8 query level
-- cursor: display_name, member_id
-- result: list
select case when s.member_id is null then a._status end as _status, s.*
from access_decision($1, $2, 'decision.read', $3) a
left join lateral (
    select s.member_id, m.display_name, s.roles, s.level, s.weight, s.notified_at, s.version, s.created_at
    from stakeholders s
    join members m on m.organisation_id = s.organisation_id and m.id = s.member_id
    where a.granted and s.organisation_id = a.organisation_id and s.decision_id = $3
        and (m.display_name, m.id) > (coalesce($5, ''), coalesce($6::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($7::text[] is null or s.roles && $7)
        and ($8::text[] is null or s.level = any ($8))
    order by m.display_name, m.id
    limit $4
) s on true;
