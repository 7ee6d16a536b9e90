-- The published versions of a framework, the latest first.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 limit
-- $5 cursor 0
-- cursor: number
-- result: list
select case when v.number is null then a._status end as _status, v.*
from access($1, $2, 'framework.read') a
join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
left join lateral (
    select v.framework_id, v.number, v.definition, v.published_by, v.published_at
    from framework_versions v
    where a.granted and v.organisation_id = f.organisation_id and v.framework_id = f.id
        and v.number < coalesce($5::integer, 2147483647)
    order by v.number desc
    limit $4
) v on true;
