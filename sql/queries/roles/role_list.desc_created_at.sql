-- The roles of the organisation, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 query kind
-- $6 query built_in
-- $7 query permission
-- $8 query q
-- cursor: id
-- result: list
select case when l.id is null then a._status end as _status, l.*
from access($1, $2, 'role.read') a
left join lateral (
    select r.id, r.kind, r.key, r.name, r.purpose, r.permissions, r.built_in, r.version, r.created_at, r.updated_at
    from roles r
    where a.granted and r.organisation_id = a.organisation_id
        and r.id < coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and ($5::text is null or r.kind = $5)
        and ($6::boolean is null or r.built_in = $6)
        and ($7::text is null or $7 = any (r.permissions))
        and ($8::text is null or r.name ilike '%' || replace(replace(replace($8, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by r.id desc
    limit $3
) l on true;
