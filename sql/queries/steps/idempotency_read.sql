-- The answer stored under an Idempotency-Key, whether it was the same request, and whether the organisation that its path names still exists
-- for the person.
-- $1 value 0 person
-- $2 value 1 operation
-- $3 value 2 key
-- $4 value 3 hash
-- $5 value 4 organisation
-- result: one
select $5::text is null or exists (
        select from organisation_names n
        join members m on m.organisation_id = n.organisation_id and m.person_id = $1 and m.status = 'active'
        where n.name = $5
    ) as shown,
    k.request_hash = decode($4, 'hex') as same, k.status, k.headers, encode(k.body, 'hex') as body
from idempotency_keys k
where k.person_id = $1 and k.operation = $2 and k.key = $3;
