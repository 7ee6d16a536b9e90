-- Claims an Idempotency-Key for this transaction; no row when an answer is stored under it. A twin in flight is waited for.
-- $1 value 0 person
-- $2 value 1 operation
-- $3 value 2 key
-- $4 value 3 hash
-- result: one
insert into idempotency_keys as k (person_id, operation, key, request_hash)
values ($1, $2, $3, decode($4, 'hex'))
on conflict on constraint idempotency_keys_pkey do update
set request_hash = excluded.request_hash, status = null, headers = null, body = null, created_at = now()
where k.created_at < now() - interval '24 hours'
returning true as claimed;
