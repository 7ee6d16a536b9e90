-- A new secret of a service account, by its hash; runs after service_account_lock. Nobody makes one for an account that may do what
-- they may not. Expired ones go.
-- $1 principal
-- $2 path organisation
-- $3 path service_account
-- $4 new_id
-- $5 value 0 hash
-- $6 value 1 hint
-- $7 body expires_at
-- $8 new_id
-- $9 request_id
-- result: one
with a as (
    select x.*, r.permissions as held
    from access($1, $2, 'service_account.manage') x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
checked as (
    select s.organisation_id, s.id, a.member_id, a.granted,
        case
            when not a.granted or not r.permissions <@ a.held then 'permission_denied'
            when $7::timestamptz <= now() then 'invalid_body'
            when (
                select count(*)
                from service_account_secrets l
                where l.organisation_id = s.organisation_id and l.service_account_id = s.id
                    and (l.expires_at is null or l.expires_at > now())
            ) >= 5 then 'conflict'
        end as _code
    from a
    join service_accounts s on s.organisation_id = a.organisation_id and s.id = $3
    join members m on m.organisation_id = s.organisation_id and m.id = s.member_id
    join roles r on r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
),
expired as (
    delete from service_account_secrets l
    using checked c
    where l.organisation_id = c.organisation_id and l.service_account_id = c.id and l.expires_at <= now() and c._code is null
),
changed as (
    update service_accounts s
    set version = s.version + 1, updated_at = now()
    from checked c
    where s.organisation_id = c.organisation_id and s.id = c.id and c._code is null
),
created as (
    insert into service_account_secrets (organisation_id, service_account_id, id, hash, hint, expires_at)
    select c.organisation_id, c.id, $4, $5, $6, $7
    from checked c
    where c._code is null
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select s.organisation_id, $8, c.member_id, 'service_account.secret_created', c.id,
        jsonb_build_object('id', s.id, 'hint', s.hint, 'expires_at', utc_text(s.expires_at)), $9
    from created s
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select case c._code when 'permission_denied' then 403 when 'invalid_body' then 422 when 'conflict' then 409 end as _status,
    c._code,
    case
        when c._code = 'permission_denied' and c.granted then 'The service account''s role grants what your own role does not.'
        when c._code = 'conflict' then 'It has 5 secrets that work; delete one first.'
    end as _detail,
    case when c._code = 'invalid_body' then
        '[{"pointer": "/expires_at", "code": "in_the_past", "detail": "The time is over."}]'::jsonb
    end as _errors,
    '/v1/organisations/' || s.organisation_id || '/service-accounts/' || s.service_account_id || '/secrets/' || s.id
        as _location,
    s.id, s.hint, s.expires_at, s.created_at
from checked c
left join created s on true;
