-- How far changes reach, and how far the member (if any) may let them. A team that the changes make lies where they put it; it goes by its
-- label.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 value 3 changes
-- result: one
select 'change_set.open' = any (r.permissions) as for_organisation,
    d.team_id is not null and team_grants(t.path, d.organisation_id, m.id, 'change_set.open') as for_team,
    d.team_id is not null and not exists (
        select from jsonb_array_elements($4::jsonb) c(change)
        where not coalesce(case c.change ->> 'operation'
            when 'team_create' then c.change -> 'body' ? 'parent_id'
            when 'team_update' then not c.change -> 'body' ? 'parent_id' or c.change #>> '{body,parent_id}' is not null
            else c.change ->> 'operation' in ('team_delete', 'team_member_put', 'team_member_delete')
        end, false)
    ) and not exists (
        select from jsonb_array_elements($4::jsonb) c(change)
        cross join lateral (values (c.change #>> '{path,team}'), (c.change #>> '{body,parent_id}')) n(name)
        where n.name is not null
            and not exists (select from jsonb_array_elements($4::jsonb) l(change) where l.change ->> 'as' = n.name)
            and not exists (
                select from teams x
                where x.organisation_id = d.organisation_id and x.id::text = lower(n.name) and d.team_id = any (x.path)
            )
    ) as within_team,
    m.role = 'owner' as owner
from decisions d
left join members m on m.organisation_id = d.organisation_id and m.id = $3
left join roles r on r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
left join teams t on t.organisation_id = d.organisation_id and t.id = d.team_id
where d.organisation_id = $1 and d.id = $2;
