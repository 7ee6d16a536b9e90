-- The audit log, oldest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 query actor_id
-- $6 query action
-- $7 query resource_id
-- $8 query created_after
-- $9 query created_before
-- $10 query override
-- $11 query decision_id
-- cursor: id
-- result: list
select case when l.id is null then a._status end as _status, l.*
from access($1, $2, 'audit.read') a
left join lateral (
    select l.id, l.action, l.actor_id, l.resource_id, l.data, l.override, l.decision_id, l.request_id, l.at as created_at
    from audit_log l
    where a.granted and l.organisation_id = a.organisation_id
        and l.id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
        and ($5::uuid is null or l.actor_id = $5)
        and ($6::text[] is null or l.action = any ($6))
        and ($7::uuid is null or l.resource_id = $7)
        and ($8::timestamptz is null or l.at > $8)
        and ($9::timestamptz is null or l.at < $9)
        and ($10::boolean is null or l.override = $10)
        and ($11::uuid is null or l.decision_id = $11)
    order by l.id
    limit $3
) l on true;
