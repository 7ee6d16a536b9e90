-- The definition that is tried out: that of a published version, or where none is named the draft, or else the latest version.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 query version
-- result: one
select a._status, f.organisation_id, f.key, v.number, coalesce(v.definition, f.draft) as definition
from access($1, $2, 'framework.read') a
join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
left join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
    and v.number = coalesce($4, case when f.draft is null then f.latest_version end)
where $4 is null or v.number is not null;
