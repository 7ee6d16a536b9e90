-- Who is in the team, the last to join first.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 limit
-- $5 cursor 0
-- $6 query role
-- $7 query on
-- cursor: _id
-- result: list
select case when m._id is null then a._status end as _status, m.*
from access_team($1, $2, 'team.read', $3) a
left join lateral (
    select tm.id as _id, tm.team_id, tm.member_id, m.display_name, tm.role, tm.starts_on, tm.ends_on, tm.version,
        tm.created_at, tm.updated_at
    from team_members tm
    join members m on m.organisation_id = tm.organisation_id and m.id = tm.member_id
    where a.granted and tm.organisation_id = a.organisation_id and tm.team_id = $3
        and tm.id < coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and ($6::text[] is null or tm.role = any ($6))
        and ($7::date is null
            or ((tm.starts_on is null or tm.starts_on <= $7) and (tm.ends_on is null or tm.ends_on >= $7)))
    order by tm.id desc
    limit $4
) m on true;
