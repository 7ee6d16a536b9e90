-- The secret address of the caller's calendar ends.
-- $1 principal
-- result: none
with deleted as (
    delete from calendar_feeds f
    where f.person_id = ($1::principal).person_id and ($1::principal).organisation_id is null
    returning f.person_id
)
select case when ($1::principal).organisation_id is not null then 403 when d.person_id is null then 404 end as _status,
    case when ($1::principal).organisation_id is not null then 'token_pinned' when d.person_id is null then 'not_found' end as _code
from (values (1)) one
left join deleted d on true;
