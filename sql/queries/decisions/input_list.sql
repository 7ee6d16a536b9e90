-- What was said, in the order in which it was; also on earlier revisions, where it counts no more. What is hidden is left out.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 limit
-- $5 cursor 0
-- $6 query type
-- $7 query phase
-- $8 query revision
-- $9 query member_id
-- $10 query subject
-- cursor: id
-- result: list
select case when i.id is null then a._status end as _status, i.*
from access_decision($1, $2, 'decision.read', $3) a
left join lateral (
    select i.id, i.decision_id, i.member_id, i.type, i.phase, i.round, i.revision,
        nullif(i.subject_id, '00000000-0000-0000-0000-000000000000') as subject, i.data, i.version, i.created_at
    from decisions d
    join inputs i on i.organisation_id = d.organisation_id and i.decision_id = d.id
        and input_shown(i.hidden, i.member_id, a.member_id, i.revision, i.round, i.phase, d)
    where a.granted and d.organisation_id = a.organisation_id and d.id = $3
        and i.id > coalesce($5::uuid, '00000000-0000-0000-0000-000000000000')
        and ($6::text[] is null or i.type = any ($6))
        and ($7::text is null or i.phase = $7)
        and ($8::integer is null or i.revision = $8)
        and ($9::uuid is null or i.member_id = $9)
        and ($10::uuid is null or i.subject_id = $10)
    order by i.id
    limit $4
) i on true;
