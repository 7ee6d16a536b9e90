-- Changes the members of the service account that the patch names. Nobody changes one that may do what they may not.
-- $1 principal
-- $2 path organisation
-- $3 path service_account
-- $4 body
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: one
with a as (
    select x.*, r.permissions as held
    from access($1, $2, 'service_account.manage') x
    join roles r on r.organisation_id = x.organisation_id and r.kind = 'organisation' and r.key = x.role
),
given as (
    select r.permissions
    from a
    join roles r on r.organisation_id = a.organisation_id and r.kind = 'organisation' and r.key = $4::jsonb ->> 'role'
    for key share of r
),
target as (
    select s.organisation_id, s.id, s.member_id, s.version, a.member_id as actor_id, a.granted, a.held,
        (
            select r.permissions <@ a.held
            from roles r
            where r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
        ) as outranked
    from a
    join service_accounts s on s.organisation_id = a.organisation_id and s.id = $3
    join members m on m.organisation_id = s.organisation_id and m.id = s.member_id
    for no key update of s, m
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from (
        select '/role' as pointer, 'unknown_reference' as code, 'There is no such role.' as detail
        where $4::jsonb ? 'role' and not exists (select from given)
        union all
        select '/role', 'enum', 'A service account can''t be an owner.'
        where $4::jsonb ->> 'role' = 'owner'
        union all
        select '/scope', 'unknown_reference', 'There is no permission ' || w.word || '.'
        from string_to_table($4::jsonb ->> 'scope', ' ') w (word)
        where not exists (select from permissions p where scope_covers(w.word, p.name))
    ) f
),
checked as (
    select t.*, f.list,
        case
            when not (t.granted and t.outranked) then 'permission_denied'
            when not g.permissions <@ t.held and $4::jsonb ->> 'role' <> 'owner' then 'permission_denied'
            when not etag_matches((select array_agg(split_part(e.tag, '-', 1)) from unnest($5::text[]) e (tag)), t.version::text)
                then 'precondition_failed'
            when f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
            when f.list is not null then 'invalid_body'
        end as _code
    from target t
    cross join faults f
    left join given g on true
),
member as (
    update members m
    set role = coalesce($4::jsonb ->> 'role', m.role),
        status = coalesce($4::jsonb ->> 'status', m.status),
        display_name = coalesce($4::jsonb ->> 'name', m.display_name),
        version = m.version + 1,
        updated_at = now()
    from checked c
    where m.organisation_id = c.organisation_id and m.id = c.member_id and c._code is null
    returning m.*
),
person as (
    update people p
    set display_name = m.display_name, version = p.version + 1, updated_at = now()
    from member m
    where p.id = m.person_id and p.display_name <> m.display_name
),
changed as (
    update service_accounts s
    set name = coalesce($4::jsonb ->> 'name', s.name),
        purpose = coalesce($4::jsonb ->> 'purpose', s.purpose),
        scope = case when $4::jsonb ? 'scope' then $4::jsonb ->> 'scope' else s.scope end,
        version = s.version + 1,
        updated_at = now()
    from checked c
    where s.organisation_id = c.organisation_id and s.id = c.id and c._code is null
    returning s.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select s.organisation_id, $6, c.actor_id, 'service_account.updated', s.id,
        to_jsonb(s) || jsonb_build_object('role', m.role, 'status', m.status), $7
    from changed s
    cross join member m
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select case
        when c._code = 'permission_denied' then 403
        when c._code = 'precondition_failed' then 412
        when c._code is not null then 422
    end as _status,
    c._code,
    case when c._code = 'permission_denied' and c.granted then 'The role, now or then, grants what your own role does not.' end
        as _detail,
    case when c._code in ('invalid_reference', 'invalid_body') then c.list end as _errors,
    s.version || '-' || secrets_used(s.organisation_id, s.id) as _etag,
    s.id, s.member_id, s.name, s.purpose, m.role, m.status, s.scope, secrets_shown(s.organisation_id, s.id) as secrets,
    s.version, s.created_at, s.updated_at
from checked c
left join changed s on true
left join member m on true;
