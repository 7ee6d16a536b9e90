-- Keeps the answer of this transaction's change under its Idempotency-Key.
-- $1 value 0 person
-- $2 value 1 operation
-- $3 value 2 key
-- $4 value 3 status
-- $5 value 4 headers
-- $6 value 5 body
-- result: none
update idempotency_keys k
set status = $4, headers = $5, body = decode($6, 'hex')
where k.person_id = $1 and k.operation = $2 and k.key = $3;
