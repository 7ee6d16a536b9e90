-- The audit log, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 cursor 1
-- $6 query actor_id
-- $7 query action
-- $8 query resource_id
-- $9 query created_after
-- $10 query created_before
-- $11 query override
-- result: list
select a._status, l.*
from access($1, $2, 'audit.read') a
left join lateral (
    select array[l.at::text, l.id::text] as _cursor,
        l.id, l.action, l.actor_id, l.resource_id, l.data, l.override, l.request_id, l.at as created_at
    from audit_log l
    where a.granted and l.organisation_id = a.organisation_id
        and ($4::timestamptz is null or (l.at, l.id) < ($4, $5::uuid))
        and ($6::uuid is null or l.actor_id = $6)
        and ($7::text[] is null or l.action = any ($7))
        and ($8::uuid is null or l.resource_id = $8)
        and ($9::timestamptz is null or l.at > $9)
        and ($10::timestamptz is null or l.at < $10)
        and ($11::boolean is null or l.override = $11)
    order by l.at desc, l.id desc
    limit $3
) l on true;
