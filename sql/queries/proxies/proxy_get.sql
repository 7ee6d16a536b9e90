-- The caller's proxy in the organisation, team, area or decision whose id `scope` is.
-- $1 principal
-- $2 path organisation
-- $3 path scope
-- result: one
select a._status, p.id || '-' || p.version as _etag,
    proxy_scope(p) as scope, p.scope_id, p.truster_id, p.trustee_id, p.expires_at, p.version, p.created_at, p.updated_at
from access($1, $2, 'proxy.read') a
left join proxies p on a.granted and p.organisation_id = a.organisation_id and p.truster_id = a.member_id and p.scope_id = $3
where p.id is not null or not a.granted;
