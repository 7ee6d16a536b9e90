-- Says whom the caller lets vote in the organisation, in a team or an area and those below it, or in a decision, whichever has the id `scope`.
-- $1 principal
-- $2 path organisation
-- $3 path scope
-- $4 body trustee_id
-- $5 body expires_at
-- $6 if_match
-- $7 new_id
-- $8 new_id
-- $9 request_id
-- result: one
with scope as (
    select a.organisation_id, a.member_id, a._status, null::uuid as team_id, null::uuid as area_id, null::uuid as decision_id,
        false as closed, false as secret
    from access($1, $2, 'proxy.give') a
    where a.organisation_id = $3
    union all
    select a.organisation_id, a.member_id, a._status, $3, null, null, false, false
    from access_team($1, $2, 'proxy.give', $3) a
    union all
    select a.organisation_id, a.member_id, a._status, null, r.id, null, false, false
    from access($1, $2, 'proxy.give') a
    join areas r on r.organisation_id = a.organisation_id and r.id = $3
    union all
    select a.organisation_id, a.member_id, a._status, null, null, d.id, d.status not in ('draft', 'open'), d.secret
    from access_decision($1, $2, 'proxy.give', $3) a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
),
present as (
    select p.*
    from scope s
    join proxies p on p.organisation_id = s.organisation_id and p.truster_id = s.member_id and p.scope_id = $3
    for update of p
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from scope s
    cross join lateral (
        select '/trustee_id' as pointer, 'unknown_reference' as code, 'There is no such active member.' as detail
        where $4::uuid is not null and not exists (
            select from members m
            where m.organisation_id = s.organisation_id and m.id = $4 and m.status = 'active'
        )
        union all
        select '/trustee_id', 'proxy_to_self', 'Nobody is their own proxy.'
        where $4 = s.member_id
        union all
        select '/expires_at', 'in_the_past', 'The time is over.'
        where $5::timestamptz <= now()
    ) f
),
checked as (
    select s.*, f.list,
        case
            when s._status is not null then s._status
            when not etag_matches($6, coalesce(p.id || '-' || p.version, '')) then 412
            when s.closed then 409
            when f.list is not null then 422
        end as status
    from scope s
    cross join faults f
    left join present p on true
),
ended as (
    insert into past_proxies (organisation_id, truster_id, scope_id, ended_at, began_at, trustee_id)
    select p.organisation_id, p.truster_id, p.scope_id, least(now(), p.expires_at), p.updated_at, p.trustee_id
    from present p
    join checked c on c.status is null
    on conflict on constraint past_proxies_pkey do nothing
),
changed as (
    insert into proxies as p (organisation_id, truster_id, team_id, area_id, decision_id, trustee_id, expires_at, id)
    select c.organisation_id, c.member_id, c.team_id, c.area_id, c.decision_id, $4, $5, $7
    from checked c
    where c.status is null
    on conflict on constraint proxies_pkey do update
    set trustee_id = excluded.trustee_id,
        expires_at = excluded.expires_at,
        version = p.version + 1,
        updated_at = now()
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select p.organisation_id, $8, p.truster_id, case when p.version = 1 then 'proxy.given' else 'proxy.changed' end, p.id,
        to_jsonb(p) - case when c.secret then 'trustee_id' else '' end, $9
    from changed p
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c.status as _status,
    case
        when c.status = 409 then 'decision_state'
        when c.status = 422 and c.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
    end as _code,
    case when c.status = 409 then 'The decision is closed.' end as _detail, c.list as _errors, p.id || '-' || p.version as _etag,
    proxy_scope(p) as scope, p.scope_id, p.truster_id, p.trustee_id, p.expires_at, p.version, p.created_at, p.updated_at
from checked c
left join changed p on true;
