-- The frameworks of the organisation, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 cursor 1
-- $6 query status
-- $7 query built_in
-- $8 query q
-- cursor: created_at, id
-- result: list
select case when f.id is null then a._status end as _status, f.*
from access($1, $2, 'framework.read') a
left join lateral (
    select f.id, f.key, f.name, f.purpose, f.built_in, f.status, f.latest_version, f.draft is not null as has_draft,
        coalesce(f.draft, v.definition) as definition, f.created_by, f.version, f.created_at, f.updated_at
    from frameworks f
    left join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
        and v.number = f.latest_version
    where a.granted and f.organisation_id = a.organisation_id
        and (f.created_at, f.id) < (coalesce($4::timestamptz, 'infinity'), coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and ($6::text is null or f.status = $6)
        and ($7::boolean is null or f.built_in = $7)
        and ($8::text is null or f.name ilike '%' || replace(replace(replace($8, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by f.created_at desc, f.id desc
    limit $3
) f on true;
