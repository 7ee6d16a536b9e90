-- What came of a job, in the transaction of what it has done. No row: it was taken back, so nothing may come of it.
-- $1 value 0 person
-- $2 value 1 job
-- $3 value 2 result
-- $4 value 3 problem
-- result: one
with released as (
    delete from job_claims c
    where c.person_id = $1 and c.job_id = $2
)
update jobs j
set status = case when $4::json is null then 'done' else 'failed' end,
    progress = 100,
    result = $3,
    problem = $4,
    finished_at = clock_timestamp()
where j.person_id = $1 and j.id = $2
returning j.id;
