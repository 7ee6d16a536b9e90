-- A request that is answered later. No more than so many of a person wait or run; of those that are finished the oldest make room.
-- $1 value 0 person
-- $2 new_id
-- $3 value 1 operation
-- $4 value 2 target
-- $5 value 3 body
-- $6 value 4 organisation
-- $7 value 5 scope
-- $8 request_id
-- $9 value 6 most
-- $10 value 7 kept
-- result: one
with room as materialized (
    select count(*) < $9::bigint as free
    from job_claims c
    where c.person_id = $1
),
forgotten as (
    delete from jobs j
    using (
        select x.id
        from jobs x
        where x.person_id = $1 and x.status in ('done', 'failed')
        order by x.id desc
        offset $10::bigint
    ) o
    where j.person_id = $1 and j.id = o.id
),
queued as (
    insert into jobs (person_id, id, operation, target, body, organisation_id, scope, request_id)
    select $1, $2, $3, $4, $5, $6, $7, $8
    from room r
    where r.free
    returning *
),
claim as (
    insert into job_claims (person_id, job_id)
    select person_id, id
    from queued
)
select case when not r.free then 429 end as _status, case when not r.free then 'too_many_jobs' end as _code,
    j.id, j.operation, j.status, j.progress, j.result, j.problem, j.created_at, j.started_at, j.finished_at
from room r
left join queued j on true;
