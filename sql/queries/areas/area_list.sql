-- The areas of the organisation, by name.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 cursor 1
-- $6 query parent_id
-- $7 query root
-- $8 query q
-- cursor: name, id
-- result: list
select case when r.id is null then a._status end as _status, r.*
from access($1, $2, 'area.read') a
left join lateral (
    select r.id, r.parent_id, r.path, r.name, r.purpose, r.created_by, r.version, r.created_at, r.updated_at
    from areas r
    where a.granted and r.organisation_id = a.organisation_id
        and (r.name, r.id) > (coalesce($4, ''), coalesce($5::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($6::uuid is null or r.parent_id = $6)
        and ($7::uuid is null or r.path @> array[$7::uuid])
        and ($8::text is null or r.name ilike '%' || replace(replace(replace($8, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by r.name, r.id
    limit $3
) r on true;
