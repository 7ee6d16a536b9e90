-- SPDX-License-Identifier: Apache-2.0
-- Stakeholders named by what they are in: a team, the teams below it, a role, everybody. Who that is, the opening of the decision says.

create table stakeholder_groups (
    organisation_id uuid not null,
    decision_id uuid not null,
    key text not null,
    team_id uuid,
    below boolean not null default false,
    role text,
    roles text[] not null,
    level text not null default 'team',
    weight bigint not null default 1,
    added_by uuid not null,
    id uuid not null,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    constraint stakeholder_groups_pkey primary key (organisation_id, decision_id, key),
    constraint stakeholder_groups_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade,
    constraint stakeholder_groups_team_id_fkey foreign key (organisation_id, team_id) references teams on delete cascade,
    constraint stakeholder_groups_level_check check (level in ('organisation', 'department', 'team', 'affected', 'external')),
    constraint stakeholder_groups_weight_check check (weight between 1 and 1000000)
);
comment on column stakeholder_groups.role is 'Only who has this role: in the team, or in the organisation where no team is named.';
comment on column stakeholder_groups.added_by is 'Whoever put it: teams below that they do not see stay out.';
create index stakeholder_groups_team_id_idx on stakeholder_groups (organisation_id, team_id);

create function electorate_of(organisation uuid, decision uuid)
returns table (member_id uuid, roles text[], level text, weight bigint)
language sql stable
begin atomic
    select coalesce(s.member_id, g.member_id), array(
            select r.role
            from unnest(s.roles || g.roles) with ordinality r (role, number)
            group by r.role
            order by min(r.number)
        ), coalesce(s.level, g.level), coalesce(s.weight, g.weight)
    from (
        select x.member_id, x.roles, x.level, x.weight
        from stakeholders x
        where x.organisation_id = organisation and x.decision_id = decision
    ) s
    full join (
        select m.member_id, array_agg(r.role order by m.key, r.number) as roles, (array_agg(m.level order by m.key))[1] as level,
            max(m.weight) as weight
        from (
            select distinct k.key, k.roles, k.level, k.weight, tm.member_id
            from stakeholder_groups k
            join members a on a.organisation_id = k.organisation_id and a.id = k.added_by
            join roles ar on ar.organisation_id = a.organisation_id and ar.kind = 'organisation' and ar.key = a.role
            join teams t on t.organisation_id = k.organisation_id and (t.id = k.team_id or (k.below and t.path @> array[k.team_id]
                and (t.visibility = 'open' or 'team.read_private' = any (ar.permissions) or sees_team(t.path, k.organisation_id, k.added_by))))
            join current_team_members tm on tm.organisation_id = t.organisation_id and tm.team_id = t.id
                and (k.role is null or tm.role = k.role)
            where k.organisation_id = organisation and k.decision_id = decision and (
                select x.status
                from members x
                where x.organisation_id = tm.organisation_id and x.id = tm.member_id
            ) = 'active'
            union all
            select k.key, k.roles, k.level, k.weight, x.id
            from stakeholder_groups k
            join members x on x.organisation_id = k.organisation_id and x.status = 'active' and x.kind = 'human'
                and (k.role is null or x.role = k.role)
            where k.organisation_id = organisation and k.decision_id = decision and k.team_id is null
        ) m
        cross join unnest(m.roles) with ordinality r (role, number)
        group by m.member_id
    ) g on g.member_id = s.member_id;
end;
comment on function electorate_of(uuid, uuid) is
    'The stakeholders of a draft with those whom its groups take in today, each once. Who is named stands with that level and weight.';

grant select, insert, update, delete on stakeholder_groups to cohelm_service;
