-- The changes of an adopted decision could not even be tried just now. They are tried again after a pause that doubles each time up to an
-- hour; after the last try only when somebody asks for it.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 reason
-- $4 value 3 tries_max
-- $5 value 4 pause_seconds
-- $6 new_id
-- $7 request_id
-- result: one
with changed as (
    update change_sets s
    set tries = s.tries + 1,
        retry_at = case when s.tries + 1 < $4::integer then
            now() + least(make_interval(secs => $5::integer * power(2, least(s.tries, 20))), interval '1 hour') end,
        waits_for = $3,
        version = s.version + 1,
        updated_at = now()
    from outcomes o
    where s.organisation_id = $1 and s.decision_id = $2 and s.status = 'proposed' and s.revision = (
            select max(n.revision)
            from change_sets n
            where n.organisation_id = s.organisation_id and n.decision_id = s.decision_id
        )
        and o.organisation_id = s.organisation_id and o.decision_id = s.decision_id and o.outcome = 'adopted'
    returning s.*
),
audit as (
    insert into audit_log (organisation_id, id, action, resource_id, data, request_id)
    select s.organisation_id, $6, 'change_set.postponed', s.decision_id, to_jsonb(s), $7
    from changed s
    returning *
),
chain as (
    update audit_chains c
    set length = c.length + 1,
        hash = sha256(c.hash || audit_digest(row(x.*)::audit_log))
    from audit x
    where c.organisation_id = x.organisation_id and c.resource_id = x.resource_id
    returning c.organisation_id, c.resource_id, c.length, x.id, c.hash
),
chain_link as (
    insert into audit_links (organisation_id, resource_id, number, audit_id, hash)
    select * from chain
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select s.decision_id
from changed s;
