-- Inputs of the review of a decision's record, by id, as far as they are not hidden (decision_record_inputs.sql).
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select i.id as _key, i.id, i.member_id, x.display_name, i.type, i.revision, i.data, i.created_at
from decisions d
join inputs i on i.organisation_id = d.organisation_id and i.decision_id = d.id
join members x on x.organisation_id = i.organisation_id and x.id = i.member_id
where d.organisation_id = $1 and d.id = $2 and i.id > $3::uuid and i.phase = 'review'
    and input_shown(i.hidden, i.member_id, null, i.revision, i.round, i.phase, d)
order by i.id
limit $4::bigint;
