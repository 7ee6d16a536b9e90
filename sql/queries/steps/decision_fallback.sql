-- What follows when a decision escalates: the framework version, or the obstacle. A framework that the line of decisions up to this one was
-- decided by does not come again, and only so many follow the first. Keeps others from deleting the framework.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 framework_key
-- $4 value 3 chain_max
-- result: one
with recursive line as (
    select d.id, d.framework_id, 0 as place
    from decisions d
    where d.organisation_id = $1 and d.id = $2
    union all
    select d.id, d.framework_id, n.place + 1
    from line n
    join decision_links k on k.organisation_id = $1 and k.decision_id = n.id and k.type = 'continues'
    join decisions d on d.organisation_id = k.organisation_id and d.id = k.linked_id
)
select f.id as framework_id, v.number, v.definition,
    case
        when f.id in (select framework_id from line) then 'The framework ' || f.key || ' was used before in this line of decisions.'
        when (select max(place) from line) >= $4::integer then 'Too many decisions have followed the first one of this line already.'
    end as obstacle
from decisions d
join frameworks f on f.organisation_id = d.organisation_id and f.key = $3
join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
    and v.number = coalesce(d.fallback_version, f.latest_version)
where d.organisation_id = $1 and d.id = $2
for key share of f;
