-- The framework that a path names by id or key, with its draft or else its latest version.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- result: one
select a._status, f.version::text as _etag,
    f.id, f.key, f.name, f.purpose, f.built_in, f.status, f.latest_version, f.draft is not null as has_draft,
    coalesce(f.draft, v.definition) as definition, f.created_by, f.version, f.created_at, f.updated_at
from access($1, $2, 'framework.read') a
join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
left join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
    and v.number = f.latest_version;
