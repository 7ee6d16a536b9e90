-- Who is in the team, by name.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 limit
-- $5 cursor 0
-- $6 cursor 1
-- $7 query role
-- $8 query on
-- cursor: display_name, member_id
-- result: list
select case when m.member_id is null then a._status end as _status, m.*
from access_team($1, $2, 'team.read', $3) a
left join lateral (
    select tm.team_id, tm.member_id, m.display_name, tm.role, tm.starts_on, tm.ends_on, tm.version, tm.created_at, tm.updated_at
    from team_members tm
    join members m on m.organisation_id = tm.organisation_id and m.id = tm.member_id
    where a.granted and tm.organisation_id = a.organisation_id and tm.team_id = $3
        and (m.display_name, m.id) > (coalesce($5, ''), coalesce($6::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($7::text[] is null or tm.role = any ($7))
        and ($8::date is null
            or ((tm.starts_on is null or tm.starts_on <= $8) and (tm.ends_on is null or tm.ends_on >= $8)))
    order by m.display_name, m.id
    limit $4
) m on true;
