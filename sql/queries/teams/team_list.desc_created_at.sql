-- The teams that the caller may see, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 query kind
-- $6 query visibility
-- $7 query parent_id
-- $8 query root
-- $9 query q
-- $10 query member_id
-- cursor: id
-- result: list
select case when t.id is null then a._status end as _status, t.*
from access($1, $2, 'team.read') a
left join lateral (
    select t.id, t.parent_id, t.path, t.name, t.purpose, t.kind, t.visibility, t.created_by, t.version, t.created_at,
        t.updated_at
    from teams t
    where a.granted and t.organisation_id = a.organisation_id
        and (t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id))
        and t.id < coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and ($5::text[] is null or t.kind = any ($5))
        and ($6::text is null or t.visibility = $6)
        and ($7::uuid is null or t.parent_id = $7)
        and ($8::uuid is null or t.path @> array[$8::uuid])
        and ($9::text is null or t.name ilike '%' || replace(replace(replace($9, '\', '\\'), '%', '\%'), '_', '\_') || '%')
        and ($10::uuid is null or exists (
            select from team_members tm
            where tm.organisation_id = t.organisation_id and tm.team_id = t.id and tm.member_id = $10
        ))
    order by t.id desc
    limit $3
) t on true;
