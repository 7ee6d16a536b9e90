-- The caller's proxies, and of those who may see all of them also others': but not who trusts the caller, nor what only concerns a secret
-- vote or what the caller may not see.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 query scope
-- $6 query truster_id
-- $7 query trustee_id
-- cursor: _id
-- result: list
with a as (
    select x.organisation_id, x.member_id, x.reads_private, x.granted, x._status, holds($1, $2, 'proxy.read_all') as reads_all
    from access($1, $2, 'proxy.read') x
)
select case when l._id is null then a._status end as _status, l.*
from a
left join lateral (
    select p.id as _id, p.scope, p.scope_id, p.truster_id, p.trustee_id, p.expires_at, p.version, p.created_at, p.updated_at
    from (
        select o.*, proxy_scope(o) as scope
        from proxies o
        where o.organisation_id = a.organisation_id and o.truster_id = a.member_id
        union all
        select o.*, proxy_scope(o)
        from proxies o
        left join decisions d on d.organisation_id = o.organisation_id and d.id = o.decision_id
        left join teams t on t.organisation_id = o.organisation_id and t.id = coalesce(o.team_id, d.team_id)
        where a.reads_all and o.organisation_id = a.organisation_id and o.truster_id <> a.member_id
            and o.trustee_id is distinct from a.member_id and not coalesce(d.secret, false)
            and (t.id is null or t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id))
    ) p
    where a.granted and p.id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
        and ($5::text is null or p.scope = $5)
        and ($6::uuid is null or p.truster_id = $6)
        and ($7::uuid is null or p.trustee_id = $7)
    order by p.id
    limit $3
) l on true;
