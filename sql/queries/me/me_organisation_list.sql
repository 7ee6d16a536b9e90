-- The organisations of the caller, by name.
-- $1 principal
-- $2 limit
-- $3 cursor 0
-- $4 cursor 1
-- $5 query status
-- $6 query role
-- $7 query q
-- cursor: name, id
-- result: list
select l.*
from (values (1)) one
left join lateral (
    select o.organisation_id as id, o.handle, o.name, o.purpose, m.id as member_id, m.role, m.status, m.joined_at
    from members m
    join organisations o on o.organisation_id = m.organisation_id
    where m.person_id = ($1::principal).person_id and m.status <> 'left'
        and (($1::principal).organisation_id is null or ($1::principal).organisation_id = m.organisation_id)
        and (o.name, o.organisation_id) > (coalesce($3, ''), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($5::text[] is null or m.status = any ($5))
        and ($6::text[] is null or m.role = any ($6))
        and ($7::text is null or o.name ilike '%' || replace(replace(replace($7, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by o.name, o.organisation_id
    limit $2
) l on true;
