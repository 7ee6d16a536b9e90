-- The teams that the caller may see, by name.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 cursor 0
-- $5 cursor 1
-- $6 query kind
-- $7 query visibility
-- $8 query parent_id
-- $9 query root
-- $10 query q
-- $11 query member_id
-- cursor: name, id
-- result: list
select case when t.id is null then a._status end as _status, t.*
from access($1, $2, 'team.read') a
left join lateral (
    select t.id, t.parent_id, t.path, t.name, t.purpose, t.kind, t.visibility, t.created_by, t.version, t.created_at,
        t.updated_at
    from teams t
    where a.granted and t.organisation_id = a.organisation_id
        and (t.visibility = 'open' or a.reads_private or sees_team(t.path, a.organisation_id, a.member_id))
        and (t.name, t.id) > (coalesce($4, ''), coalesce($5::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($6::text[] is null or t.kind = any ($6))
        and ($7::text is null or t.visibility = $7)
        and ($8::uuid is null or t.parent_id = $8)
        and ($9::uuid is null or t.path @> array[$9::uuid])
        and ($10::text is null or t.name ilike '%' || replace(replace(replace($10, '\', '\\'), '%', '\%'), '_', '\_') || '%')
        and ($11::uuid is null or exists (
            select from team_members tm
            where tm.organisation_id = t.organisation_id and tm.team_id = t.id and tm.member_id = $11
        ))
    order by t.name, t.id
    limit $3
) t on true;
