-- The oldest job that nobody works at, as one that runs. Without `operation`: it was taken back meanwhile.
-- result: one
with next as materialized (
    select c.person_id, c.job_id
    from job_claims c
    order by c.job_id
    limit 1
    for update of c skip locked
),
started as (
    update jobs j
    set status = 'running',
        progress = 0,
        tries = j.tries + 1,
        started_at = coalesce(j.started_at, now())
    from next n
    where j.person_id = n.person_id and j.id = n.job_id
    returning j.*
),
gone as (
    delete from job_claims c
    using next n
    where c.person_id = n.person_id and c.job_id = n.job_id
        and not exists (select from jobs j where j.person_id = n.person_id and j.id = n.job_id)
)
select n.person_id, n.job_id, s.operation, s.target, s.body, s.organisation_id, s.scope, s.request_id, s.tries
from next n
left join started s on true;
