-- The options of the decision, in their order.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 limit
-- $5 cursor 0
-- $6 cursor 1
-- $7 query q
-- cursor: position, key
-- result: list
select case when o.key is null then a._status end as _status, o.*
from access_decision($1, $2, 'decision.read', $3) a
left join lateral (
    select o.key, o.title, o.description, o.pros, o.cons, o.proposer_id,
        o.position, o.version
    from decision_options o
    where a.granted and o.organisation_id = a.organisation_id and o.decision_id = $3
        and (o.position, o.key) > (coalesce($5::integer, 0), coalesce($6, ''))
        and ($7::text is null or o.title ilike '%' || replace(replace(replace($7, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by o.position, o.key
    limit $4
) o on true;
