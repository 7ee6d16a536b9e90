-- SPDX-License-Identifier: Apache-2.0
-- Proxies: who votes for whom, in the whole organisation, in a team and the teams below it, or in one decision.

create table proxies (
    organisation_id uuid not null,
    truster_id uuid not null,
    team_id uuid,
    decision_id uuid,
    scope_id uuid not null generated always as (coalesce(decision_id, team_id, organisation_id)) stored,
    trustee_id uuid,
    expires_at timestamptz,
    id uuid not null,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint proxies_pkey primary key (organisation_id, truster_id, scope_id),
    constraint proxies_truster_id_fkey foreign key (organisation_id, truster_id) references members on delete cascade,
    constraint proxies_trustee_id_fkey foreign key (organisation_id, trustee_id) references members on delete cascade,
    constraint proxies_team_id_fkey foreign key (organisation_id, team_id) references teams on delete cascade,
    constraint proxies_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade,
    constraint proxies_scope_check check (team_id is null or decision_id is null),
    constraint proxies_trustee_check check (trustee_id <> truster_id)
);
comment on table proxies is 'The proxies in force, one per truster and scope. In force since updated_at.';
comment on column proxies.trustee_id is 'Null: nobody in this scope, whatever a wider one says.';
create index proxies_id_idx on proxies (organisation_id, id);
create index proxies_trustee_id_idx on proxies (organisation_id, trustee_id);
create index proxies_team_id_idx on proxies (organisation_id, team_id);
create index proxies_decision_id_idx on proxies (organisation_id, decision_id);

create table past_proxies (
    organisation_id uuid not null,
    truster_id uuid not null,
    scope_id uuid not null,
    ended_at timestamptz not null,
    began_at timestamptz not null,
    trustee_id uuid,
    constraint past_proxies_pkey primary key (organisation_id, truster_id, scope_id, ended_at),
    constraint past_proxies_truster_id_fkey foreign key (organisation_id, truster_id) references members on delete cascade
);
comment on table past_proxies is
    'What proxies were before they were changed or taken back: a decision that is settled late counts those of its deadline.';

create table decision_proxies (
    organisation_id uuid not null,
    decision_id uuid not null,
    truster_id uuid not null,
    trustee_id uuid not null,
    voter_id uuid,
    hops integer not null,
    ending text not null,
    given_at timestamptz not null,
    constraint decision_proxies_pkey primary key (organisation_id, decision_id, truster_id),
    constraint decision_proxies_truster_id_fkey foreign key (organisation_id, decision_id, truster_id) references stakeholders
        on delete cascade
);
comment on table decision_proxies is
    'The proxies as they stood when the decision closed (with secret ballots, when the trustee voted), with the vote that each led to.';

grant select, insert, update, delete on proxies to cohelm_service;
grant select, insert on past_proxies, decision_proxies to cohelm_service;
