-- A job of the caller's is taken back, or its result forgotten. What works at it notices before it commits.
-- $1 principal
-- $2 path job
-- result: none
with deleted as (
    delete from jobs j
    where j.person_id = ($1::principal).person_id and j.id = $2
        and (($1::principal).organisation_id is null or j.organisation_id = ($1::principal).organisation_id)
    returning j.id
)
select case when d.id is null then 404 end as _status, case when d.id is null then 'not_found' end as _code
from (values (1)) one
left join deleted d on true;
