-- Whether the caller's calendar has a secret address, and since when.
-- $1 principal
-- result: one
select case when f.created_at is null then 404 end as _status, case when f.created_at is null then 'not_found' end as _code,
    extract(epoch from f.created_at)::text as _etag, f.created_at
from (values (1)) one
left join calendar_feeds f on f.person_id = ($1::principal).person_id;
