-- The decisions that this one is linked to, in both directions, as far as the caller may see them.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 limit
-- $5 cursor 0
-- $6 query type
-- $7 query direction
-- cursor: _id
-- result: list
select case when x._id is null then a._status end as _status, x.*
from access_decision($1, $2, 'decision.read', $3) a
left join lateral (
    select l.id as _id,
        case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
        l.type, l.direction, d.id as decision_id, d.title, d.status, d.outcome, l.note, l.created_by, l.version, l.created_at
    from (
        select k.*, 'outgoing' as direction, k.linked_id as seen_id
        from decision_links k
        where k.organisation_id = a.organisation_id and k.decision_id = $3
        union all
        select k.*, 'incoming', k.decision_id
        from decision_links k
        where k.organisation_id = a.organisation_id and k.linked_id = $3
    ) l
    cross join lateral access_decision($1, $2, 'decision.read', l.seen_id) s
    join decisions d on d.organisation_id = l.organisation_id and d.id = l.seen_id
    where a.granted and s.granted
        and l.id > coalesce($5::uuid, '00000000-0000-0000-0000-000000000000')
        and ($6::text[] is null or l.type = any ($6))
        and ($7::text is null or l.direction = $7)
    order by l.id
    limit $4
) x on true;
