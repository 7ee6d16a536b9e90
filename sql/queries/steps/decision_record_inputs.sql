-- Inputs of a decision's record, by id; those of its review stand apart. One that is hidden from others is missing for everybody, so that
-- there is one record.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select i.id as key, i.phase = 'review' as late,
    case
        when i.phase = 'review' then jsonb_build_object('id', i.id, 'member_id', i.member_id, 'display_name', x.display_name, 'type', i.type,
            'revision', i.revision, 'data', i.data, 'created_at', utc_text(i.created_at))
        else jsonb_build_object('id', i.id, 'member_id', i.member_id, 'display_name', x.display_name, 'type', i.type, 'phase', i.phase,
            'round', i.round, 'revision', i.revision, 'subject', nullif(i.subject_id, '00000000-0000-0000-0000-000000000000'),
            'data', i.data, 'created_at', utc_text(i.created_at))
    end as item
from decisions d
join inputs i on i.organisation_id = d.organisation_id and i.decision_id = d.id
join members x on x.organisation_id = i.organisation_id and x.id = i.member_id
where d.organisation_id = $1 and d.id = $2 and i.id > $3::uuid
    and input_shown(i.hidden, i.member_id, null, i.revision, i.round, i.phase, d)
order by i.id
limit $4::bigint;
