-- Stakeholders of a decision's record, by member.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select s.member_id as _key, s.member_id, x.display_name, s.roles, s.level, s.weight, s.notified_at, s.left_at
from (
    select s.*
    from stakeholders s
    where s.organisation_id = $1 and s.decision_id = $2 and s.member_id > $3::uuid
    order by s.member_id
    limit $4::bigint
) s
join members x on x.organisation_id = s.organisation_id and x.id = s.member_id
order by s.member_id;
