-- A service account with the person that its tokens speak for and the member that it acts as.
-- $1 principal
-- $2 path organisation
-- $3 new_id
-- $4 body name
-- $5 body purpose
-- $6 body role
-- $7 body scope
-- $8 value 0 issuer
-- $9 new_id
-- $10 new_id
-- $11 request_id
-- result: one
with a as (
    select x.*, r.permissions as held
    from access($1, $2, 'service_account.manage') x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
given as (
    select r.key, r.permissions
    from a
    join roles r on r.organisation_id = a.organisation_id and r.kind = 'organisation' and r.key = coalesce($6, 'member')
    for key share of r
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from (
        select '/role' as pointer, 'unknown_reference' as code, 'There is no such role.' as detail
        where not exists (select from given)
        union all
        select '/role', 'enum', 'A service account can''t be an owner.'
        where $6 = 'owner'
        union all
        select '/scope', 'unknown_reference', 'There is no permission ' || w.word || '.'
        from string_to_table($7, ' ') w (word)
        where not exists (select from permissions p where scope_covers(w.word, p.name))
    ) f
),
checked as (
    select a.organisation_id, a.member_id, a.granted, g.key as role, f.list,
        case
            when not a.granted or (not g.permissions <@ a.held and g.key <> 'owner') then 'permission_denied'
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'invalid_body'
        end as _code
    from a
    cross join faults f
    left join given g on true
),
person as (
    insert into people (id, issuer, subject, kind, display_name)
    select $3, $8, $3::uuid::text, 'service', $4
    from checked c
    where c._code is null
    returning *
),
member as (
    insert into members (organisation_id, id, person_id, kind, status, role, display_name, invited_by, joined_at)
    select c.organisation_id, $9, p.id, 'service', 'active', c.role, $4, c.member_id, now()
    from checked c
    cross join person p
    returning *
),
created as (
    insert into service_accounts (organisation_id, id, member_id, name, purpose, scope)
    select m.organisation_id, m.person_id, m.id, $4, coalesce($5, ''), $7
    from member m
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select s.organisation_id, $10, c.member_id, 'service_account.created', s.id,
        to_jsonb(s) || jsonb_build_object('role', m.role, 'status', m.status), $11
    from created s
    cross join member m
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select case when c._code = 'permission_denied' then 403 when c._code is not null then 422 end as _status,
    c._code,
    case when c._code = 'permission_denied' and c.granted then 'The role grants what your own role does not.' end as _detail,
    case when c._code in ('invalid_reference', 'invalid_body') then c.list end as _errors,
    s.version || '-0' as _etag,
    '/v1/organisations/' || s.organisation_id || '/service-accounts/' || s.id as _location,
    s.id, s.member_id, s.name, s.purpose, m.role, m.status, s.scope, '[]'::jsonb as secrets, s.version, s.created_at, s.updated_at
from checked c
left join created s on true
left join member m on true;
