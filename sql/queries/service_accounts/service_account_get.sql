-- The service account that a path names.
-- $1 principal
-- $2 path organisation
-- $3 path service_account
-- result: one
select a._status, s.version || '-' || secrets_used(s.organisation_id, s.id) as _etag,
    s.id, s.member_id, s.name, s.purpose, m.role, m.status, s.scope, secrets_shown(s.organisation_id, s.id) as secrets,
    s.version, s.created_at, s.updated_at
from access($1, $2, 'service_account.read') a
join service_accounts s on s.organisation_id = a.organisation_id and s.id = $3
join members m on m.organisation_id = s.organisation_id and m.id = s.member_id;
