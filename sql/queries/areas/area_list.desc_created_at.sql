-- The areas of the organisation, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 query parent_id
-- $6 query root
-- $7 query q
-- cursor: id
-- result: list
select case when r.id is null then a._status end as _status, r.*
from access($1, $2, 'area.read') a
left join lateral (
    select r.id, r.parent_id, r.path, r.name, r.purpose, r.created_by, r.version, r.created_at, r.updated_at
    from areas r
    where a.granted and r.organisation_id = a.organisation_id
        and r.id < coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and ($5::uuid is null or r.parent_id = $5)
        and ($6::uuid is null or r.path @> array[$6::uuid])
        and ($7::text is null or r.name ilike '%' || replace(replace(replace($7, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by r.id desc
    limit $3
) r on true;
