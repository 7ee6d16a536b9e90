-- The roles of the organisation, by name.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 cursor 1
-- $6 query kind
-- $7 query built_in
-- $8 query permission
-- $9 query q
-- cursor: name, id
-- result: list
select case when l.id is null then a._status end as _status, l.*
from access($1, $2, 'role.read') a
left join lateral (
    select r.id, r.kind, r.key, r.name, r.purpose, r.permissions, r.built_in, r.version, r.created_at, r.updated_at
    from roles r
    where a.granted and r.organisation_id = a.organisation_id
        and (r.name, r.id) > (coalesce($4, ''), coalesce($5::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($6::text is null or r.kind = $6)
        and ($7::boolean is null or r.built_in = $7)
        and ($8::text is null or $8 = any (r.permissions))
        and ($9::text is null or r.name ilike '%' || replace(replace(replace($9, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by r.name, r.id
    limit $3
) l on true;
