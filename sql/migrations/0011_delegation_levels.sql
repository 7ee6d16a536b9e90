-- SPDX-License-Identifier: Apache-2.0
-- The delegation board: how far a team decides by itself, by area.

create table delegation_meanings (
    level integer not null,
    name text not null,
    framework text not null,
    deciders text not null,
    duties text[] not null,
    constraint delegation_meanings_pkey primary key (level)
);
comment on table delegation_meanings is 'What each delegation level means; written by cohelm migrate, never by hand.';

create table delegation_levels (
    organisation_id uuid not null,
    team_id uuid not null,
    area_id uuid not null,
    id uuid not null,
    level integer not null,
    delegator_id uuid not null,
    answer_within_days integer,
    note text not null default '',
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint delegation_levels_pkey primary key (organisation_id, team_id, area_id),
    constraint delegation_levels_team_id_fkey foreign key (organisation_id, team_id) references teams on delete cascade,
    constraint delegation_levels_area_id_fkey foreign key (organisation_id, area_id) references areas on delete no action,
    constraint delegation_levels_delegator_id_fkey foreign key (organisation_id, delegator_id) references members on delete no action,
    constraint delegation_levels_level_check check (level between 1 and 7),
    constraint delegation_levels_answer_check check ((level = 6) = (answer_within_days is not null))
);
comment on table delegation_levels is 'How far the delegator lets the team decide in the area and those below it that have no level of their own.';
create index delegation_levels_area_id_idx on delegation_levels (organisation_id, area_id);
create index delegation_levels_delegator_id_idx on delegation_levels (organisation_id, delegator_id);

create table delegation_level_history (
    organisation_id uuid not null,
    team_id uuid not null,
    area_id uuid not null,
    id uuid not null,
    level integer,
    delegator_id uuid,
    answer_within_days integer,
    note text not null,
    changed_by uuid,
    decision_id uuid default nullif(current_setting('cohelm.decision', true), '')::uuid,
    changed_at timestamptz not null default now(),
    constraint delegation_level_history_pkey primary key (organisation_id, team_id, area_id, id),
    constraint delegation_level_history_team_id_fkey foreign key (organisation_id, team_id) references teams on delete cascade,
    constraint delegation_level_history_area_id_fkey foreign key (organisation_id, area_id) references areas on delete cascade
);
comment on table delegation_level_history is 'What was set when; only ever added to.';
comment on column delegation_level_history.level is 'Null: the level was taken away.';
comment on column delegation_level_history.decision_id is 'As in audit_log.';
create index delegation_level_history_area_id_idx on delegation_level_history (organisation_id, area_id);

create function delegation_level_of(organisation uuid, team uuid, area uuid)
returns setof delegation_levels
language sql stable
begin atomic
    select l.*
    from areas r
    join delegation_levels l on l.organisation_id = r.organisation_id and l.team_id = team and l.area_id = any (r.path)
    where r.organisation_id = organisation and r.id = area
    order by array_position(r.path, l.area_id) desc
    limit 1;
end;
comment on function delegation_level_of(uuid, uuid, uuid) is 'The level that applies to the team in the area: of the area itself, or of the nearest above.';

alter table decisions add column delegation jsonb;
comment on column decisions.delegation is 'The delegation level that applied when the decision opened, with what it means, frozen; null: none.';

grant select, insert, update, delete on delegation_levels to cohelm_service;
grant select, insert on delegation_level_history to cohelm_service;
grant select on delegation_meanings to cohelm_service;
