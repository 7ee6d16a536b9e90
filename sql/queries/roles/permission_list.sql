-- Every permission there is, by name.
-- $1 limit
-- $2 cursor 0
-- $3 query q
-- cursor: name
-- result: list
select l.*
from (values (1)) one
left join lateral (
    select p.name, p.about
    from permissions p
    where p.name > coalesce($2, '')
        and ($3::text is null or p.name ilike '%' || replace(replace(replace($3, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by p.name
    limit $1
) l on true;
