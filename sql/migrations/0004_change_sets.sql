-- SPDX-License-Identifier: Apache-2.0
-- Change sets: changes of structure that a decision makes when it is adopted.

create table change_sets (
    organisation_id uuid not null,
    decision_id uuid not null,
    revision integer not null,
    id uuid not null,
    changes jsonb not null,
    reverses uuid,
    author_id uuid not null,
    authority text,
    authorised_by uuid,
    status text not null default 'proposed',
    failure jsonb,
    resources jsonb,
    reverse jsonb,
    applied_at timestamptz,
    reversed_at timestamptz,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint change_sets_pkey primary key (organisation_id, decision_id, revision),
    constraint change_sets_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade,
    constraint change_sets_reverses_fkey foreign key (organisation_id, reverses) references decisions on delete no action,
    constraint change_sets_status_check check (status in ('proposed', 'applied', 'failed', 'reversed')),
    constraint change_sets_authority_check check (authority in ('organisation', 'team'))
);
comment on table change_sets is
    'The changes that belong to the text from that revision on, until a later revision has others; an empty list: none any more.';
comment on column change_sets.authority is
    'How far the changes may reach, by who opened the decision: the organisation, or the decision''s team and those below it. Null: not opened.';
comment on column change_sets.reverses is 'The decision whose changes these undo.';
comment on column change_sets.resources is 'By position what each change was made to; null where it was not made, because its option did not win.';
comment on column change_sets.reverse is 'The changes that undo what was applied, in the order in which to make them.';

create index change_sets_reverses_idx on change_sets (organisation_id, reverses);

alter table audit_log add column decision_id uuid default nullif(current_setting('cohelm.decision', true), '')::uuid;
comment on column audit_log.decision_id is
    'The adopted decision that made the change, which no member did. The service sets cohelm.decision while it applies a change set.';
alter table events add column decision_id uuid default nullif(current_setting('cohelm.decision', true), '')::uuid;
comment on column events.decision_id is 'As in audit_log.';

-- ---- the authority of an adopted decision ----
-- Each of these stands for the function of access of the same ending, in the statements that change sets use (x-change): the decision may
-- do in the organisation what an owner may, whatever the governance mode, and no member is the actor. It is the service that sees to it
-- that nothing is kept of what a decision does that is not adopted.

create type adopted_decision as (decision_id uuid, organisation_id uuid);

create function adopted(decision adopted_decision, organisation text, permission text)
returns table (
    organisation_id uuid, member_id uuid, role text, governance_mode text, reads_private boolean, granted boolean,
    _status integer, _code text
)
language sql stable
begin atomic
    select d.organisation_id, null::uuid, r.key, 'open'::text, true, permission = any (r.permissions),
        case when not permission = any (r.permissions) then 403 end, null::text
    from decisions d
    join roles r on r.organisation_id = d.organisation_id and r.kind = 'organisation' and r.key = 'owner'
    where d.organisation_id = (decision).organisation_id and d.id = (decision).decision_id
        and organisation = d.organisation_id::text;
end;

create function adopted_team(decision adopted_decision, organisation text, permission text, team uuid)
returns table (
    organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, _status integer, _code text,
    team_row teams
)
language sql stable
begin atomic
    select a.organisation_id, a.member_id, a.role, a.governance_mode, a.granted, a._status, a._code, t
    from adopted(decision, organisation, permission) a
    join teams t on t.organisation_id = a.organisation_id and t.id = team;
end;

create function adopted_structure(decision adopted_decision, organisation text, permission text, team uuid)
returns table (
    organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, override boolean,
    _status integer, _code text
)
language sql stable
begin atomic
    select a.organisation_id, a.member_id, a.role, a.governance_mode, a.granted, false, a._status, a._code
    from adopted(decision, organisation, permission) a
    where team is null or exists (select from teams t where t.organisation_id = a.organisation_id and t.id = team);
end;

create function patch_between(now jsonb, wanted jsonb)
returns jsonb
language plpgsql immutable
as $$
begin
    if jsonb_typeof(now) is distinct from 'object' or jsonb_typeof(wanted) is distinct from 'object' then
        return wanted;
    end if;
    return (
        select coalesce(jsonb_object_agg(m.key, m.value), '{}')
        from (
            select n.key, 'null'::jsonb as value
            from jsonb_each(now) n
            where not wanted ? n.key
            union all
            select w.key, patch_between(now -> w.key, w.value)
            from jsonb_each(wanted) w
            where w.value is distinct from now -> w.key
        ) m
    );
end
$$;
comment on function patch_between(jsonb, jsonb) is 'The merge patch (RFC 7396) that makes the one into the other.';

grant select, insert, update, delete on change_sets to cohelm_service;
