-- Whose record it is, for those who may read it, the end of its trail, and its links to decisions that they may read too, its own first, at
-- most 500; steps/decision_record.sql reads the record itself, which is the same for everybody.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select a._status,
    string_to_array(nullif(concat_ws(',', case when d.status = 'open' and d.phase_due_at <= now() then d.organisation_id || ',' || d.id end,
        l.due), ''), ',')::uuid[] as _settle,
    d.organisation_id, d.id, l.links, c.length as trail_rows, nullif(encode(c.hash, 'hex'), '') as head
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('type', x.type, 'direction', x.direction, 'decision_id', x.seen_id, 'title', x.title,
            'status', x.status, 'outcome', x.outcome, 'note', x.note, 'created_by', x.created_by, 'created_at', utc_text(x.created_at))
            order by x.direction desc, x.id), '[]') as links,
        string_agg(x.organisation_id || ',' || x.seen_id, ',') filter (where x.status = 'open' and x.phase_due_at <= now()) as due
    from (
        select k.*, o.title, o.status, o.outcome, o.phase_due_at
        from (
            select k.*, 'outgoing' as direction, k.linked_id as seen_id
            from decision_links k
            where k.organisation_id = d.organisation_id and k.decision_id = d.id
            union all
            select k.*, 'incoming', k.decision_id
            from decision_links k
            where k.organisation_id = d.organisation_id and k.linked_id = d.id
        ) k
        cross join lateral access_decision($1, $2, 'decision.read', k.seen_id) s
        join decisions o on o.organisation_id = k.organisation_id and o.id = k.seen_id
        where a.granted and s.granted
        order by k.direction desc, k.id
        limit 500
    ) x
) l
left join audit_chains c on c.organisation_id = d.organisation_id and c.resource_id = d.id;
