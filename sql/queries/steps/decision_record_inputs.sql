-- Inputs of a decision's record, by id, but for those of its review. One that is hidden from others is missing for everybody, so that
-- there is one record.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select i.id as _key, i.id, i.member_id, x.display_name, i.type, i.phase, i.round, i.revision,
    nullif(i.subject_id, '00000000-0000-0000-0000-000000000000') as subject, i.data, i.created_at
from decisions d
join inputs i on i.organisation_id = d.organisation_id and i.decision_id = d.id
join members x on x.organisation_id = i.organisation_id and x.id = i.member_id
where d.organisation_id = $1 and d.id = $2 and i.id > $3::uuid and i.phase <> 'review'
    and input_shown(i.hidden, i.member_id, null, i.revision, i.round, i.phase, d)
order by i.id
limit $4::bigint;
