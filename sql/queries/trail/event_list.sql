-- The events after a position, in an order in which none is ever added before one that was read: events of a transaction show once
-- every transaction that began before it has ended.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 cursor 1
-- $6 cursor 2
-- $7 query after
-- $8 query type
-- $9 query resource_id
-- cursor: _epoch, _xid, id
-- result: list
select case when e.id is null then a._status end as _status, e.*
from access($1, $2, 'event.read') a
left join lateral (
    select e.epoch as _epoch, e.xid::text as _xid, e.id, e.epoch || '.' || e.xid || '.' || e.id as position, e.type, e.actor_id, e.resource_id, e.data,
        coalesce(l.override, false) as override, e.decision_id, e.at as created_at
    from events e
    left join audit_log l on l.organisation_id = e.organisation_id and l.id = e.id
    where a.granted and e.organisation_id = a.organisation_id
        and (e.epoch < current_setting('cohelm.epoch')::integer or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
        and (e.epoch, e.xid, e.id) > (coalesce($4::integer, 0), coalesce($5::xid8, '0'), coalesce($6::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($7::text is null or (e.epoch, e.xid, e.id)
            > (split_part($7, '.', 1)::integer, split_part($7, '.', 2)::xid8, split_part($7, '.', 3)::uuid))
        and ($8::text[] is null or e.type = any ($8))
        and ($9::uuid is null or e.resource_id = $9)
    order by e.epoch, e.xid, e.id
    limit $3
) e on true;
