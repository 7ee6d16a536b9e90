-- The role that a path names, by id or by the key of a role in the organisation.
-- $1 principal
-- $2 path organisation
-- $3 path role
-- result: one
select a._status, r.id || '-' || r.version as _etag,
    r.id, r.kind, r.key, r.name, r.purpose, r.permissions, r.built_in, r.version, r.created_at, r.updated_at
from access($1, $2, 'role.read') a
join roles r on r.organisation_id = a.organisation_id and (r.id::text = $3 or (r.kind = 'organisation' and r.key = $3));
