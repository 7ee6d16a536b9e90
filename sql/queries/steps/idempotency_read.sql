-- The answer stored under an Idempotency-Key, and whether it was the same request.
-- $1 value 0 person
-- $2 value 1 operation
-- $3 value 2 key
-- $4 value 3 hash
-- result: one
select k.request_hash = decode($4, 'hex') as same, k.status, k.headers, encode(k.body, 'hex') as body
from idempotency_keys k
where k.person_id = $1 and k.operation = $2 and k.key = $3;
