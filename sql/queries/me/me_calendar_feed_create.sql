-- A new secret address of the caller's calendar, in place of the one before.
-- $1 principal
-- $2 value 0 hash
-- result: one
with created as (
    insert into calendar_feeds as f (person_id, hash)
    select ($1::principal).person_id, $2
    where ($1::principal).organisation_id is null
    on conflict on constraint calendar_feeds_pkey do update
    set hash = excluded.hash, created_at = excluded.created_at
    returning f.created_at
)
select case when c.created_at is null then 403 end as _status, case when c.created_at is null then 'token_pinned' end as _code,
    '/v1/me/calendar/feed' as _location, c.created_at
from (values (1)) one
left join created c on true;
