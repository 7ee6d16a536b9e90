-- The service accounts of the organisation, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 query status
-- $6 query role
-- $7 query q
-- cursor: id
-- result: list
select case when l.id is null then a._status end as _status, l.*
from access($1, $2, 'service_account.read') a
left join lateral (
    select s.id, s.member_id, s.name, s.purpose, m.role, m.status, s.scope, secrets_shown(s.organisation_id, s.id) as secrets,
        s.version, s.created_at, s.updated_at
    from service_accounts s
    join members m on m.organisation_id = s.organisation_id and m.id = s.member_id
    where a.granted and s.organisation_id = a.organisation_id
        and s.id < coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and ($5::text is null or m.status = $5)
        and ($6::text[] is null or m.role = any ($6))
        and ($7::text is null or s.name ilike '%' || replace(replace(replace($7, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by s.id desc
    limit $3
) l on true;
