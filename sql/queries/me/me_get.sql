-- The person the token speaks for, and what the token says besides, which is part of the tag where it says something. Once the person is
-- gone the token is good for nothing.
-- $1 principal
-- $2 client
-- result: one
select case when p.id is null then 401 end as _status, case when p.id is null then 'invalid_token' end as _code,
    person_tag(p.version, $1, $2) as _etag,
    p.id, p.issuer, p.subject, p.kind, p.display_name, p.email, p.email_verified, p.title, p.function, p.location, p.time_zone,
    jsonb_build_object('scope', $2::text, 'organisation_id', ($1::principal).organisation_id) as token,
    p.version, p.created_at, p.updated_at
from (values (1)) one
left join people p on p.id = ($1::principal).person_id;
