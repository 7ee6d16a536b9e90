-- One published version of a framework, as it will always be.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 path number
-- result: one
select a._status, f.id || '-' || v.number as _etag,
    v.framework_id, v.number, v.definition, v.published_by, v.published_at
from access($1, $2, 'framework.read') a
join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id and v.number = $4;
