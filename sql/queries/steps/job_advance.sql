-- How far a job is. No row: it was taken back.
-- $1 value 0 person
-- $2 value 1 job
-- $3 value 2 progress
-- result: one
update jobs j
set progress = $3
where j.person_id = $1 and j.id = $2
returning j.id;
