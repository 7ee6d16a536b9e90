-- The service account that a client id and the hash of a secret name, and whether it may have a token of that scope. The use of a
-- secret is noted once a minute, so that a busy client does not write with each token.
-- $1 value 0 client_id
-- $2 value 1 hash
-- $3 value 2 scope
-- result: one
with client as (
    select k.organisation_id, k.service_account_id, k.id as secret_id, coalesce($3, s.scope) as scope,
        case
            when m.status <> 'active' then 'unauthorized_client'
            when exists (
                select
                from string_to_table($3, ' ') w (word)
                where not scope_covers(s.scope, w.word) or not exists (
                    select from permissions p where scope_covers(w.word, p.name)
                )
            ) then 'invalid_scope'
        end as _code
    from members m
    join service_accounts s on s.organisation_id = m.organisation_id and s.member_id = m.id
    join service_account_secrets k on k.organisation_id = s.organisation_id and k.service_account_id = s.id
    where m.person_id = $1 and k.hash = $2 and (k.expires_at is null or k.expires_at > now())
),
used as (
    update service_account_secrets k
    set last_used_at = now()
    from client c
    where k.organisation_id = c.organisation_id and k.service_account_id = c.service_account_id and k.id = c.secret_id
        and c._code is null and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute')
)
select case when c._code is not null then 400 end as _status, c._code, c.organisation_id, c.scope
from client c;
