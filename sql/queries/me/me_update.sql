-- Changes the caller's own profile. People belong to no organisation, so there is no audit log that it would stand in.
-- $1 principal
-- $2 client
-- $3 body
-- $4 if_match
-- result: one
with target as (
    select p.*,
        case
            when ($1::principal).organisation_id is not null then 403
            when not etag_matches($4, person_tag(p.version, $1, $2)) then 412
        end as _status
    from people p
    where p.id = ($1::principal).person_id
    for no key update of p
),
changed as (
    update people p
    set display_name = coalesce($3::jsonb ->> 'display_name', p.display_name),
        title = case when $3::jsonb ? 'title' then $3::jsonb ->> 'title' else p.title end,
        function = case when $3::jsonb ? 'function' then $3::jsonb ->> 'function' else p.function end,
        location = case when $3::jsonb ? 'location' then $3::jsonb ->> 'location' else p.location end,
        time_zone = case when $3::jsonb ? 'time_zone' then $3::jsonb ->> 'time_zone' else p.time_zone end,
        version = p.version + 1,
        updated_at = now()
    from target t
    where p.id = t.id and t._status is null
    returning p.*
)
select case when t.id is null then 401 else t._status end as _status,
    case when t.id is null then 'invalid_token' when t._status = 403 then 'token_pinned' end as _code, person_tag(c.version, $1, $2) as _etag,
    c.id, c.issuer, c.subject, c.kind, c.display_name, c.email, c.email_verified, c.title, c.function, c.location, c.time_zone,
    jsonb_build_object('scope', $2::text, 'organisation_id', ($1::principal).organisation_id) as token,
    c.version, c.created_at, c.updated_at
from (values (1)) one
left join target t on true
left join changed c on c.id = t.id;
