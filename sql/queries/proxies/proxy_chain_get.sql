-- The decision, and whose chain is asked for: one's own, or for those who may see all proxies that of any member.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 query member_id
-- result: one
select coalesce(a._status, case when s.others and (not s.reads_all or d.secret) then 403 end) as _status,
    case when a._status is null and s.others and s.reads_all and d.secret then 'ballots_secret' end as _code,
    case when s.others and not s.reads_all then 'proxy.read_all' end as _permission,
    case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
    d.organisation_id, d.id, coalesce($4::uuid, a.member_id) as member_id
from access_decision($1, $2, 'decision.read', $3) a
join decisions d on d.organisation_id = a.organisation_id and d.id = $3
cross join lateral (
    select $4::uuid is not null and $4::uuid <> a.member_id as others, holds($1, $2, 'proxy.read_all') as reads_all
) s
where not s.others or not s.reads_all or exists (
    select from members m
    where m.organisation_id = a.organisation_id and m.id = $4
);
