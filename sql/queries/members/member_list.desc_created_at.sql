-- The members of the organisation, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 query status
-- $6 query role
-- $7 query kind
-- $8 query team_id
-- $9 query q
-- cursor: id
-- result: list
select case when l.id is null then a._status end as _status, l.*
from access($1, $2, 'member.read') a
left join lateral (
    select m.id, m.person_id, m.kind, m.status, m.role, m.display_name, m.email, m.title, m.function, m.location, m.time_zone,
        m.invited_by, m.invited_at, m.joined_at, m.ended_at, m.version, m.created_at, m.updated_at
    from members m
    where a.granted and m.organisation_id = a.organisation_id
        and m.id < coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and ($5::text[] is null or m.status = any ($5))
        and ($6::text[] is null or m.role = any ($6))
        and ($7::text is null or m.kind = $7)
        and ($8::uuid is null or exists (
            select
            from current_team_members tm
            join teams t on t.organisation_id = tm.organisation_id and t.id = tm.team_id
            where tm.organisation_id = m.organisation_id and tm.team_id = $8 and tm.member_id = m.id
                and (t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id))
        ))
        and ($9::text is null
            or m.display_name ilike '%' || replace(replace(replace($9, '\', '\\'), '%', '\%'), '_', '\_') || '%'
            or m.email ilike '%' || replace(replace(replace($9, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by m.id desc
    limit $3
) l on true;
