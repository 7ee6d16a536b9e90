-- A published version of a framework, the latest where none is named.
-- $1 value 0 organisation_id
-- $2 value 1 framework_key
-- $3 value 2 version
-- result: one
select f.key, f.name, v.number, v.definition
from frameworks f
join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
    and v.number = coalesce($3::integer, f.latest_version)
where f.organisation_id = $1 and f.key = $2;
