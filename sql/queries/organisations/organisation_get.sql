-- The organisation that a path names.
-- $1 principal
-- $2 path organisation
-- result: one
select a._status, o.version::text as _etag,
    o.organisation_id as id, o.handle, o.name, o.purpose, o.settings, o.governance_mode, o.version, o.created_at,
    o.updated_at
from access($1, $2, 'organisation.read') a
join organisations o on o.organisation_id = a.organisation_id;
