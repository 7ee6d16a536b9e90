-- Stakeholders of a decision's record, by member.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select s.member_id as key,
    jsonb_build_object('member_id', s.member_id, 'display_name', x.display_name, 'roles', s.roles, 'level', s.level, 'weight', s.weight,
        'notified_at', utc_text(s.notified_at), 'left_at', utc_text(s.left_at)) as item
from (
    select s.*
    from stakeholders s
    where s.organisation_id = $1 and s.decision_id = $2 and s.member_id > $3::uuid
    order by s.member_id
    limit $4::bigint
) s
join members x on x.organisation_id = s.organisation_id and x.id = s.member_id
order by s.member_id;
