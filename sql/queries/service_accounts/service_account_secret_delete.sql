-- Deletes a secret of a service account.
-- $1 principal
-- $2 path organisation
-- $3 path service_account
-- $4 path secret
-- $5 new_id
-- $6 request_id
-- result: none
with a as (
    select * from access($1, $2, 'service_account.manage')
),
target as (
    select s.organisation_id, s.service_account_id, s.id, s.hint, a.member_id, a._status
    from a
    join service_account_secrets s on s.organisation_id = a.organisation_id and s.service_account_id = $3 and s.id = $4
    for update of s
),
changed as (
    update service_accounts s
    set version = s.version + 1, updated_at = now()
    from target t
    where s.organisation_id = t.organisation_id and s.id = t.service_account_id and t._status is null
),
deleted as (
    delete from service_account_secrets s
    using target t
    where s.organisation_id = t.organisation_id and s.service_account_id = t.service_account_id and s.id = t.id
        and t._status is null
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select t.organisation_id, $5, t.member_id, 'service_account.secret_deleted', t.service_account_id,
        jsonb_build_object('id', t.id, 'hint', t.hint), $6
    from target t
    where t._status is null
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select t._status
from target t;
