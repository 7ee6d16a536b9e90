-- SPDX-License-Identifier: Apache-2.0
-- Areas: what decisions are about, as a tree. Decisions lie in one, and proxies hold in one and those below it.

create table areas (
    organisation_id uuid not null,
    id uuid not null,
    parent_id uuid,
    path uuid[] not null,
    name text not null,
    purpose text not null default '',
    created_by uuid,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint areas_pkey primary key (organisation_id, id),
    constraint areas_name_key unique nulls not distinct (organisation_id, parent_id, name),
    constraint areas_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint areas_parent_id_fkey foreign key (organisation_id, parent_id) references areas on delete no action,
    constraint areas_path_check check (cardinality(path) between 1 and 32 and path[cardinality(path)] = id)
);
comment on table areas is 'Decision areas: what is decided about, whoever decides.';
comment on column areas.path is 'Ids from the root area down to this one, as in teams.';
create index areas_name_idx on areas (organisation_id, name, id);
create index areas_path_idx on areas using gin (path);

alter table decisions
    add column area_id uuid,
    add constraint decisions_area_id_fkey foreign key (organisation_id, area_id) references areas on delete no action;
create index decisions_area_id_idx on decisions (organisation_id, area_id, id);

-- A generated column can't be given another expression before PostgreSQL 17, so it is made anew.
alter table proxies
    add column area_id uuid,
    add constraint proxies_area_id_fkey foreign key (organisation_id, area_id) references areas on delete cascade,
    drop constraint proxies_scope_check,
    add constraint proxies_scope_check check (num_nonnulls(team_id, area_id, decision_id) <= 1),
    drop constraint proxies_pkey,
    drop column scope_id;
alter table proxies
    add column scope_id uuid not null generated always as (coalesce(decision_id, area_id, team_id, organisation_id)) stored,
    add constraint proxies_pkey primary key (organisation_id, truster_id, scope_id);
comment on table proxies is
    'The proxies in force, one per truster and scope: the organisation, a team, an area or a decision. In force since updated_at.';
create function proxy_scope(proxy proxies)
returns text
language sql immutable
return case
    when (proxy).decision_id is not null then 'decision'
    when (proxy).area_id is not null then 'area'
    when (proxy).team_id is not null then 'team'
    else 'organisation'
end;
create index proxies_area_id_idx on proxies (organisation_id, area_id);

grant select, insert, update, delete on areas to cohelm_service;
