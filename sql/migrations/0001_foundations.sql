-- SPDX-License-Identifier: Apache-2.0
-- Organisations, people, roles, teams, frameworks, decisions and their trail.
-- Every table of a tenant has organisation_id first in its primary key, unique and foreign keys, so that tenants can't be crossed
-- by construction and the schema can be distributed by that column. The tables without it are small lookups: people and what a token
-- or a handle leads to.

create type principal as (person_id uuid, organisation_id uuid);
comment on type principal is 'Who asks: the person, and the one organisation the token is pinned to, or null.';

create function utc_text(instant timestamptz)
returns text
language sql stable
return replace(to_char(instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z');
comment on function utc_text(timestamptz) is 'A time inside jsonb, written as the API writes times.';

create function merge_patch(target jsonb, patch jsonb)
returns jsonb
language plpgsql immutable
as $$
begin
    if jsonb_typeof(patch) <> 'object' then
        return patch;
    end if;
    if jsonb_typeof(target) is distinct from 'object' then
        target := '{}';
    end if;
    return (
        select coalesce(jsonb_object_agg(m.key, m.value), '{}')
        from (
            select t.key, t.value
            from jsonb_each(target) t
            where not patch ? t.key
            union all
            select p.key, merge_patch(target -> p.key, p.value)
            from jsonb_each(patch) p
            where jsonb_typeof(p.value) <> 'null'
        ) m
    );
end
$$;
comment on function merge_patch(jsonb, jsonb) is 'RFC 7396: members that are null go, objects are merged, all else is replaced.';

create function scope_covers(scope text, permission text)
returns boolean
language sql immutable
return scope is null or exists (
    select
    from string_to_table(scope, ' ') word
    where word in ('*', permission) or (right(word, 2) = '.*' and starts_with(permission, left(word, -1)))
);
comment on function scope_covers(text, text) is
    'Whether a scope lets a permission (or all that a word like team.* stands for) through, as principal_allows in the service has it.';

-- ---- lookups without a tenant ----

create table permissions (
    name text not null,
    about text not null,
    constraint permissions_pkey primary key (name)
);
comment on table permissions is 'Every permission of the OpenAPI document; written by cohelm migrate, never by hand.';

create table built_in_roles (
    key text not null,
    kind text not null,
    name text not null,
    permissions text[] not null,
    constraint built_in_roles_pkey primary key (kind, key),
    constraint built_in_roles_kind_check check (kind in ('organisation', 'team', 'decision'))
);
comment on table built_in_roles is 'The roles every organisation has; written by cohelm migrate from the OpenAPI document.';

create table built_in_frameworks (
    key text not null,
    definition jsonb not null,
    constraint built_in_frameworks_pkey primary key (key)
);
comment on table built_in_frameworks is 'The frameworks every organisation has; written by cohelm migrate.';

create table people (
    id uuid not null,
    issuer text not null,
    subject text not null,
    kind text not null default 'human',
    display_name text not null default '',
    email text,
    email_verified boolean not null default false,
    title text,
    function text,
    location text,
    time_zone text,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint people_pkey primary key (id),
    constraint people_issuer_subject_key unique (issuer, subject),
    constraint people_kind_check check (kind in ('human', 'service'))
);
comment on table people is 'Whoever a token can speak for: identity is (issuer, subject).';

create table organisation_names (
    name text not null,
    organisation_id uuid not null,
    constraint organisation_names_pkey primary key (name)
);
create index organisation_names_organisation_id_idx on organisation_names (organisation_id);
comment on table organisation_names is 'What a path may call an organisation: its handle, and its id as text. One lookup for both.';

create table event_epochs (
    epoch integer not null,
    system_identifier bigint not null,
    created_at timestamptz not null default now(),
    constraint event_epochs_pkey primary key (epoch)
);
comment on table event_epochs is
    'A cluster whose transaction ids are comparable. After a restore into another cluster cohelm migrate begins a new epoch, so that events '
    'keep their order although transaction ids start again.';

-- ---- organisations, roles, members ----

create table organisations (
    organisation_id uuid not null,
    handle text not null,
    name text not null,
    purpose text not null default '',
    settings jsonb not null default '{}',
    governance_mode text not null default 'open',
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint organisations_pkey primary key (organisation_id),
    constraint organisations_settings_check check (octet_length(settings::text) <= 65536),
    constraint organisations_governance_mode_check check (governance_mode in ('open', 'guided', 'governed'))
);

create table roles (
    organisation_id uuid not null,
    kind text not null,
    key text not null,
    id uuid not null,
    name text not null,
    purpose text not null default '',
    permissions text[] not null,
    built_in boolean not null default false,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint roles_pkey primary key (organisation_id, kind, key),
    constraint roles_id_key unique (organisation_id, id),
    constraint roles_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint roles_kind_check check (kind in ('organisation', 'team'))
);
comment on table roles is 'Named sets of permissions, for the organisation as a whole or for a team.';

create table members (
    organisation_id uuid not null,
    id uuid not null,
    person_id uuid,
    kind text not null default 'human',
    status text not null,
    role_kind text not null default 'organisation',
    role text not null,
    display_name text not null default '',
    email text,
    title text,
    function text,
    location text,
    time_zone text,
    invited_by uuid,
    invited_at timestamptz,
    joined_at timestamptz,
    ended_at timestamptz,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint members_pkey primary key (organisation_id, id),
    constraint members_person_id_key unique (organisation_id, person_id),
    constraint members_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint members_role_fkey foreign key (organisation_id, role_kind, role) references roles on delete no action,
    constraint members_kind_check check (kind in ('human', 'service')),
    constraint members_status_check check (status in ('invited', 'active', 'suspended', 'left')),
    constraint members_role_kind_check check (role_kind = 'organisation'),
    constraint members_person_check check (person_id is not null or status in ('invited', 'left'))
);
comment on table members is 'A person in an organisation. One invited by e-mail has no person until the invitation is accepted.';
create unique index members_email_idx on members (organisation_id, lower(email)) where status = 'invited' and person_id is null;
create index members_person_id_idx on members (person_id);
create index members_invited_email_idx on members (lower(email)) where status = 'invited' and person_id is null;
create index members_known_email_idx on members (organisation_id, lower(email));
create index members_display_name_idx on members (organisation_id, display_name, id);

create table service_accounts (
    organisation_id uuid not null,
    id uuid not null,
    member_id uuid not null,
    name text not null,
    purpose text not null default '',
    scope text,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint service_accounts_pkey primary key (organisation_id, id),
    constraint service_accounts_member_id_fkey foreign key (organisation_id, member_id) references members on delete cascade
);
comment on column service_accounts.id is 'Also the client_id, and the subject of its tokens.';
comment on column service_accounts.scope is 'The widest scope its tokens may carry, space-separated; null: whatever its role allows.';

create table service_account_secrets (
    organisation_id uuid not null,
    service_account_id uuid not null,
    id uuid not null,
    hash text not null,
    hint text not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint service_account_secrets_pkey primary key (organisation_id, service_account_id, id),
    constraint service_account_secrets_service_account_id_fkey foreign key (organisation_id, service_account_id)
        references service_accounts on delete cascade
);
create function secrets_shown(organisation_id uuid, service_account uuid)
returns jsonb
language sql stable
return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', s.id, 'hint', s.hint, 'expires_at', utc_text(s.expires_at), 'last_used_at', utc_text(s.last_used_at),
        'created_at', utc_text(s.created_at)) order by s.id), '[]')
    from service_account_secrets s
    where s.organisation_id = secrets_shown.organisation_id and s.service_account_id = service_account
);
comment on function secrets_shown(uuid, uuid) is 'What may be shown of the secrets of a service account: all but the hash.';

create function secrets_used(organisation_id uuid, service_account uuid)
returns text
language sql stable
return (
    select coalesce(extract(epoch from max(s.last_used_at))::bigint, 0)
    from service_account_secrets s
    where s.organisation_id = secrets_used.organisation_id and s.service_account_id = service_account
);
comment on function secrets_used(uuid, uuid) is 'Second half of a service account''s ETag: its representation also changes when a secret is used.';

comment on column service_account_secrets.hash is 'SHA-256 of the secret in hexadecimal; the secret itself has 256 random bits and is shown once.';

-- ---- teams ----

create table teams (
    organisation_id uuid not null,
    id uuid not null,
    parent_id uuid,
    path uuid[] not null,
    name text not null,
    purpose text not null default '',
    kind text not null,
    visibility text not null default 'open',
    created_by uuid,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint teams_pkey primary key (organisation_id, id),
    constraint teams_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint teams_parent_id_fkey foreign key (organisation_id, parent_id) references teams on delete no action,
    constraint teams_kind_check check (kind in ('functional', 'cross_functional', 'circle', 'working_group')),
    constraint teams_visibility_check check (visibility in ('open', 'private')),
    constraint teams_path_check check (cardinality(path) between 1 and 32 and path[cardinality(path)] = id)
);
comment on column teams.path is 'Ids from the root team down to this one: what lies above is one array test, what lies below one index.';
create index teams_parent_id_idx on teams (organisation_id, parent_id);
create index teams_name_idx on teams (organisation_id, name, id);
create index teams_path_idx on teams using gin (path);

create table team_members (
    organisation_id uuid not null,
    team_id uuid not null,
    member_id uuid not null,
    role_kind text not null default 'team',
    role text not null default 'member',
    id uuid not null,
    starts_on date,
    ends_on date,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint team_members_pkey primary key (organisation_id, team_id, member_id),
    constraint team_members_team_id_fkey foreign key (organisation_id, team_id) references teams on delete cascade,
    constraint team_members_member_id_fkey foreign key (organisation_id, member_id) references members on delete cascade,
    constraint team_members_role_fkey foreign key (organisation_id, role_kind, role) references roles on delete no action,
    constraint team_members_role_kind_check check (role_kind = 'team'),
    constraint team_members_dates_check check (ends_on >= starts_on)
);
create index team_members_member_id_idx on team_members (organisation_id, member_id);

create view current_team_members as
select tm.organisation_id, tm.team_id, tm.member_id, tm.role
from team_members tm
where (tm.starts_on is null or tm.starts_on <= current_date) and (tm.ends_on is null or tm.ends_on >= current_date);
comment on view current_team_members is 'Who is in which team today: what has not begun or is over grants nothing and shows nothing.';

-- Most callers have what they ask for by their role in the organisation and never come to the functions below. PL/pgSQL keeps them out of
-- the plans that call them, which would otherwise set up their joins each time.

create function sees_team(team_path uuid[], organisation_id uuid, member uuid)
returns boolean
language plpgsql stable
as $$
begin
    return exists (
        select from current_team_members tm
        where tm.organisation_id = sees_team.organisation_id and tm.member_id = member and tm.team_id = any (team_path)
    );
end;
$$;
comment on function sees_team(uuid[], uuid, uuid) is 'Whether the member is in the team with that path or in one above it.';

create function team_grants(team_path uuid[], organisation_id uuid, member uuid, permission text)
returns boolean
language plpgsql stable
as $$
begin
    return exists (
        select from current_team_members tm
        join roles r on r.organisation_id = tm.organisation_id and r.kind = 'team' and r.key = tm.role
        where tm.organisation_id = team_grants.organisation_id and tm.member_id = member and tm.team_id = any (team_path)
            and permission = any (r.permissions)
    );
end;
$$;
comment on function team_grants(uuid[], uuid, uuid, text) is
    'Whether a role of the member in the team with that path or in one above it has the permission.';

-- ---- frameworks ----

create table frameworks (
    organisation_id uuid not null,
    id uuid not null,
    key text not null,
    name text not null,
    purpose text not null default '',
    built_in boolean not null default false,
    status text not null default 'draft',
    draft jsonb,
    latest_version integer,
    created_by uuid,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint frameworks_pkey primary key (organisation_id, id),
    constraint frameworks_key_key unique (organisation_id, key),
    constraint frameworks_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint frameworks_status_check check (status in ('draft', 'published'))
);
comment on column frameworks.draft is 'The definition being worked on; null when it equals the latest version.';

create table framework_versions (
    organisation_id uuid not null,
    framework_id uuid not null,
    number integer not null,
    definition jsonb not null,
    published_by uuid,
    published_at timestamptz not null default now(),
    constraint framework_versions_pkey primary key (organisation_id, framework_id, number),
    constraint framework_versions_framework_id_fkey foreign key (organisation_id, framework_id) references frameworks on delete cascade
);
comment on table framework_versions is 'Immutable: a version in use never changes.';

-- ---- decisions ----

create table decisions (
    organisation_id uuid not null,
    id uuid not null,
    team_id uuid,
    title text not null,
    proposer_id uuid not null,
    framework_id uuid not null,
    framework_version integer not null,
    configuration jsonb not null default '{}',
    definition jsonb,
    secret boolean not null default false,
    status text not null default 'draft',
    phase text,
    round integer not null default 1,
    revision integer not null default 1,
    due_at timestamptz,
    opened_at timestamptz,
    phase_started_at timestamptz,
    phase_due_at timestamptz,
    closed_at timestamptz,
    outcome text,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint decisions_pkey primary key (organisation_id, id),
    constraint decisions_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint decisions_team_id_fkey foreign key (organisation_id, team_id) references teams on delete no action,
    constraint decisions_proposer_id_fkey foreign key (organisation_id, proposer_id) references members on delete no action,
    constraint decisions_framework_id_fkey foreign key (organisation_id, framework_id, framework_version)
        references framework_versions on delete no action,
    constraint decisions_status_check check
        (status in ('draft', 'open', 'closed', 'in_force', 'kept', 'amended', 'superseded', 'retired')),
    constraint decisions_outcome_check check
        (outcome in ('adopted', 'rejected', 'tied', 'no_quorum', 'blocked', 'withdrawn', 'expired', 'escalated')),
    constraint decisions_open_check check ((status = 'draft') = (opened_at is null) or outcome = 'withdrawn'),
    constraint decisions_closed_check check ((status in ('draft', 'open')) = (outcome is null))
);
comment on column decisions.configuration is 'What this decision changes in the framework: rule parameters and phase durations.';
comment on column decisions.definition is 'The framework with that configuration, frozen when the decision opened.';
comment on column decisions.due_at is 'When the proposer wants it decided: the deadline of the last phase where the framework sets none.';
comment on column decisions.phase_due_at is 'When the current phase ends by itself; what is later than this is treated as settled when read or written.';
create index decisions_status_idx on decisions (organisation_id, status, id);
create index decisions_team_id_idx on decisions (organisation_id, team_id, id);
create index decisions_proposer_id_idx on decisions (organisation_id, proposer_id);
create index decisions_framework_id_idx on decisions (organisation_id, framework_id);
create index decisions_phase_due_at_idx on decisions (phase_due_at) where status = 'open';
create index decisions_due_at_idx on decisions (organisation_id, coalesce(phase_due_at, due_at, 'infinity'), id);

create table decision_revisions (
    organisation_id uuid not null,
    decision_id uuid not null,
    number integer not null,
    title text not null,
    text text not null,
    note text not null default '',
    author_id uuid not null,
    created_at timestamptz not null default now(),
    constraint decision_revisions_pkey primary key (organisation_id, decision_id, number),
    constraint decision_revisions_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade
);
comment on table decision_revisions is 'The text under decision, one row per revision; immutable once the decision is open.';

create table decision_options (
    organisation_id uuid not null,
    decision_id uuid not null,
    key text not null,
    id uuid not null,
    title text not null,
    description text not null default '',
    position integer not null,
    version bigint not null default 1,
    constraint decision_options_pkey primary key (organisation_id, decision_id, key),
    constraint decision_options_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade
);

create table stakeholders (
    organisation_id uuid not null,
    decision_id uuid not null,
    member_id uuid not null,
    roles text[] not null,
    level text not null default 'team',
    weight bigint not null default 1,
    notified_at timestamptz,
    id uuid not null,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    constraint stakeholders_pkey primary key (organisation_id, decision_id, member_id),
    constraint stakeholders_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade,
    constraint stakeholders_member_id_fkey foreign key (organisation_id, member_id) references members on delete no action,
    constraint stakeholders_level_check check (level in ('organisation', 'department', 'team', 'affected', 'external')),
    constraint stakeholders_weight_check check (weight between 1 and 1000000)
);
comment on table stakeholders is 'The electorate: changeable while the decision is a draft, frozen when it opens.';
create index stakeholders_member_id_idx on stakeholders (organisation_id, member_id);

create table inputs (
    organisation_id uuid not null,
    decision_id uuid not null,
    id uuid not null,
    revision integer not null,
    round integer not null,
    phase text not null,
    member_id uuid not null,
    type text not null,
    subject_id uuid not null default '00000000-0000-0000-0000-000000000000',
    data jsonb not null default '{}',
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint inputs_pkey primary key (organisation_id, decision_id, id),
    constraint inputs_current_key unique (organisation_id, decision_id, revision, phase, member_id, subject_id),
    constraint inputs_stakeholder_fkey foreign key (organisation_id, decision_id, member_id) references stakeholders on delete cascade
);
comment on table inputs is 'What stakeholders said: one current input per member, phase, revision and thing it answers.';
comment on column inputs.subject_id is 'The input that a ruling or an answer is about; all zeros when it is about the proposal.';

create table ballots (
    organisation_id uuid not null,
    decision_id uuid not null,
    member_id uuid not null,
    revision integer not null,
    id uuid not null,
    ballot jsonb not null,
    version bigint not null default 1,
    cast_at timestamptz not null default now(),
    constraint ballots_pkey primary key (organisation_id, decision_id, member_id, revision),
    constraint ballots_stakeholder_fkey foreign key (organisation_id, decision_id, member_id) references stakeholders on delete cascade
);
comment on table ballots is 'Open ballots, with who cast them.';

create table secret_ballots (
    organisation_id uuid not null,
    decision_id uuid not null,
    revision integer not null,
    weight bigint not null,
    hash bytea not null,
    ballot jsonb not null,
    count bigint not null,
    constraint secret_ballots_pkey primary key (organisation_id, decision_id, revision, weight, hash),
    constraint secret_ballots_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade
);
comment on table secret_ballots is
    'How often each secret ballot was cast. No voter, no time, no order: equal ballots share a row, and who voted stands elsewhere.';

create table secret_voters (
    organisation_id uuid not null,
    decision_id uuid not null,
    revision integer not null,
    member_id uuid not null,
    constraint secret_voters_pkey primary key (organisation_id, decision_id, revision, member_id),
    constraint secret_voters_stakeholder_fkey foreign key (organisation_id, decision_id, member_id) references stakeholders on delete cascade
);
comment on table secret_voters is 'Who has cast a secret ballot, so that nobody casts two.';

create table outcomes (
    organisation_id uuid not null,
    decision_id uuid not null,
    outcome text not null,
    winners text[] not null default '{}',
    rationale text,
    count_report text not null,
    closed_by uuid,
    closed_at timestamptz not null,
    constraint outcomes_pkey primary key (organisation_id, decision_id),
    constraint outcomes_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade
);
comment on column outcomes.count_report is 'JSON kept as the text it was counted as: a recount must give the same bytes.';

-- ---- the trail ----

create table audit_log (
    organisation_id uuid not null,
    id uuid not null,
    at timestamptz not null default now(),
    actor_id uuid,
    action text not null,
    resource_id uuid,
    data jsonb not null default '{}',
    override boolean not null default false,
    request_id text,
    constraint audit_log_pkey primary key (organisation_id, id)
);
comment on table audit_log is 'Who changed what, when, by which request. Written in the statement that makes the change; never changed.';
comment on column audit_log.override is 'An owner did what the governance mode keeps for adopted decisions.';
create index audit_log_resource_id_idx on audit_log (organisation_id, resource_id, id);

create function latest_epoch()
returns integer
language sql stable
return (select max(epoch) from event_epochs);

create table events (
    organisation_id uuid not null,
    epoch integer not null default coalesce(nullif(current_setting('cohelm.epoch', true), '')::integer, latest_epoch()),
    xid xid8 not null default pg_current_xact_id(),
    id uuid not null,
    at timestamptz not null default now(),
    type text not null,
    actor_id uuid,
    resource_id uuid,
    data jsonb not null default '{}',
    constraint events_pkey primary key (organisation_id, epoch, xid, id)
);
comment on column events.epoch is 'The service sets cohelm.epoch on its connections, which spares the look-up.';
comment on table events is
    'What happened, in an order that a reader can follow without missing anything: (epoch, transaction id, id), read only up to the oldest '
    'transaction still running. Writers do not wait for each other.';

-- ---- requests ----

create table idempotency_keys (
    person_id uuid not null,
    operation text not null,
    key text not null,
    request_hash bytea not null,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (person_id, operation, key)
);
comment on table idempotency_keys is 'Answers of POST requests with an Idempotency-Key, stored in the transaction of the change, for 24 hours.';
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);

-- ---- access: the one place where a principal meets a permission ----
-- Set-returning SQL functions that PostgreSQL inlines into the plan of the statement that selects from them. No row: the caller
-- may not know of it (404). granted false: _status 403 (with _code where there is more to say than "permission_denied").

create function access(principal principal, organisation text, permission text)
returns table (
    organisation_id uuid, member_id uuid, role text, governance_mode text, reads_private boolean, granted boolean,
    _status integer, _code text
)
language sql stable
begin atomic
    select m.organisation_id, m.id, m.role, o.governance_mode, 'team.read_private' = any (r.permissions),
        permission = any (r.permissions),
        case when not permission = any (r.permissions) then 403 end,
        null::text
    from organisation_names n
    join members m on m.organisation_id = n.organisation_id and m.person_id = (principal).person_id
        and m.status = 'active'
    join roles r on r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
    left join organisations o on o.organisation_id = m.organisation_id
    where n.name = organisation
        and ((principal).organisation_id is null or (principal).organisation_id = n.organisation_id);
end;
comment on function access(principal, text, text) is
    'What the role in the organisation grants. The outer join to organisations vanishes from plans that do not read governance_mode.';

create function invitations_of(principal principal)
returns setof members
language sql stable
begin atomic
    select m.*
    from members m
    where m.person_id = (principal).person_id and m.status = 'invited'
        and ((principal).organisation_id is null or (principal).organisation_id = m.organisation_id)
    union all
    select m.*
    from people p
    join members m on lower(m.email) = lower(p.email) and m.status = 'invited' and m.person_id is null
    where p.id = (principal).person_id and p.email_verified
        and ((principal).organisation_id is null or (principal).organisation_id = m.organisation_id);
end;
comment on function invitations_of(principal) is
    'The one place where a person meets an invitation: one that names the person, or the e-mail address that the issuer has verified.';

create function access_team(principal principal, organisation text, permission text, team uuid)
returns table (
    organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, _status integer, _code text,
    team_row teams
)
language sql stable
begin atomic
    select a.organisation_id, a.member_id, a.role, a.governance_mode, g.granted,
        case when not g.granted then 403 end, null::text, t
    from access(principal, organisation, permission) a
    join teams t on t.organisation_id = a.organisation_id and t.id = team
    cross join lateral (
        select a.granted or team_grants(t.path, t.organisation_id, a.member_id, permission) as granted
    ) g
    where t.visibility = 'open' or a.reads_private or sees_team(t.path, t.organisation_id, a.member_id);
end;
comment on function access_team(principal, text, text, uuid) is
    'What the roles in the organisation, in that team and in the teams above it grant. Private teams are seen by those in them or above.';

create function access_structure(principal principal, organisation text, permission text, team uuid)
returns table (
    organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, override boolean,
    _status integer, _code text
)
language sql stable
begin atomic
    select a.organisation_id, a.member_id, a.role, a.governance_mode,
        a.granted and (a.governance_mode <> 'governed' or a.role = 'owner'),
        a.governance_mode = 'governed' and a.role = 'owner',
        case when not a.granted or (a.governance_mode = 'governed' and a.role <> 'owner') then 403 end,
        case when a.granted and a.governance_mode = 'governed' and a.role <> 'owner' then 'governed_structure' end
    from (
        select x.organisation_id, x.member_id, x.role, x.governance_mode, x.granted
        from access(principal, organisation, permission) x
        where team is null
        union all
        select x.organisation_id, x.member_id, x.role, x.governance_mode, x.granted
        from access_team(principal, organisation, permission, team) x
        where team is not null
    ) a;
end;
comment on function access_structure(principal, text, text, uuid) is
    'For changes of structure (of a team, or of the organisation when team is null): in a governed organisation only an owner may override.';

create function decision_grants(decision decisions, member uuid, permission text)
returns boolean
language plpgsql stable
as $$
begin
    return exists (
        select from built_in_roles b
        where b.kind = 'decision' and b.key = 'proposer' and (decision).proposer_id = member and permission = any (b.permissions)
    ) or exists (
        select from stakeholders s
        join built_in_roles b on b.kind = 'decision' and b.key = any (s.roles)
        where s.organisation_id = (decision).organisation_id and s.decision_id = (decision).id and s.member_id = member
            and permission = any (b.permissions)
    );
end;
$$;
comment on function decision_grants(decisions, uuid, text) is 'Whether the member''s part in the decision has the permission.';

create function takes_part(organisation_id uuid, decision uuid, member uuid)
returns boolean
language plpgsql stable
as $$
begin
    return exists (
        select from stakeholders s
        where s.organisation_id = takes_part.organisation_id and s.decision_id = decision and s.member_id = member
    );
end;
$$;
comment on function takes_part(uuid, uuid, uuid) is 'Whether the member is a stakeholder of the decision.';

create function access_decision(principal principal, organisation text, permission text, decision uuid)
returns table (
    organisation_id uuid, member_id uuid, role text, granted boolean, _status integer, _code text, decision_row decisions
)
language sql stable
begin atomic
    select a.organisation_id, a.member_id, a.role, g.granted, case when not g.granted then 403 end, null::text, d
    from access(principal, organisation, permission) a
    join decisions d on d.organisation_id = a.organisation_id and d.id = decision
    left join teams t on t.organisation_id = d.organisation_id and t.id = d.team_id
    cross join lateral (
        select a.granted or decision_grants(d, a.member_id, permission)
            or team_grants(t.path, d.organisation_id, a.member_id, permission) as granted
    ) g
    where t.id is null or t.visibility = 'open' or a.reads_private or d.proposer_id = a.member_id
        or sees_team(t.path, d.organisation_id, a.member_id) or takes_part(d.organisation_id, d.id, a.member_id);
end;
comment on function access_decision(principal, text, text, uuid) is
    'What the roles in the organisation, in the decision''s team and those above it, and in the decision itself grant.';

create function derived_id(base uuid, name text)
returns uuid
language sql immutable
return (substr(base::text, 1, 24) || substr(md5(base::text || name), 1, 12))::uuid;
comment on function derived_id(uuid, text) is 'A further UUIDv7 of the instant of base, one per name: for statements that insert as many rows as they find.';

create function etag_matches(expected text[], current text)
returns boolean
language sql immutable
return expected is null or current = any (expected);
comment on function etag_matches(text[], text) is 'Whether If-Match allows the change: absent or * is null.';

create function places_any_team(organisation_id uuid, member uuid, role text, parent uuid)
returns boolean
language sql stable
return exists (
    select from roles r
    where r.organisation_id = places_any_team.organisation_id and r.kind = 'organisation' and r.key = places_any_team.role
        and 'team.create_any' = any (r.permissions)
) or exists (
    select from teams t
    join current_team_members tm on tm.organisation_id = t.organisation_id and tm.team_id = any (t.path)
        and tm.member_id = places_any_team.member
    join roles r on r.organisation_id = tm.organisation_id and r.kind = 'team' and r.key = tm.role
    where t.organisation_id = places_any_team.organisation_id and t.id = parent and 'team.create' = any (r.permissions)
);
comment on function places_any_team(uuid, uuid, text, uuid) is
    'Whether the member may put teams of any kind below that parent (null: at the top): by the organisation role, or by leading there.';

-- ---- what the service may do ----

do $$
begin
    if not exists (select from pg_roles where rolname = 'cohelm_service') then
        create role cohelm_service nologin;
    end if;
end
$$;
grant usage on schema public to cohelm_service;
grant select, insert, update, delete on all tables in schema public to cohelm_service;
revoke update, delete on audit_log, events from cohelm_service;
revoke insert, update, delete on permissions, built_in_roles, built_in_frameworks, event_epochs, schema_migrations
    from cohelm_service;
