-- Keeps others from working at the job until this transaction ends. No row: somebody else does.
-- $1 value 0 person
-- $2 value 1 job
-- result: one
select c.job_id
from job_claims c
where c.person_id = $1 and c.job_id = $2
for update of c skip locked;
