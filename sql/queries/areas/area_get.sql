-- The area that a path names.
-- $1 principal
-- $2 path organisation
-- $3 path area
-- result: one
select a._status, r.version::text as _etag,
    r.id, r.parent_id, r.path, r.name, r.purpose, r.created_by, r.version, r.created_at, r.updated_at
from access($1, $2, 'area.read') a
join areas r on r.organisation_id = a.organisation_id and r.id = $3;
