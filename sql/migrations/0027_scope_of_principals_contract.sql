-- SPDX-License-Identifier: Apache-2.0
-- A token's scope narrows all that the roles grant, and not just the permission of the operation: what the statements ask for besides, like
-- seeing private teams, too. The text of a principal has a third field with it, so versions before can't ask any more.

alter type principal add attribute scope text;
comment on type principal is 'Who asks: the person, and the one organisation and the scope that the token is narrowed to, or nulls.';

create or replace function access(principal principal, organisation text, permission text)
returns table (
    organisation_id uuid, member_id uuid, role text, governance_mode text, reads_private boolean, granted boolean,
    _status integer, _code text
)
language sql stable
begin atomic
    select m.organisation_id, m.id, m.role, o.governance_mode,
        'team.read_private' = any (r.permissions)
            and ((principal).scope is null or scope_covers((principal).scope, 'team.read_private')),
        g.granted, case when not g.granted then 403 end, null::text
    from organisation_names n
    join members m on m.organisation_id = n.organisation_id and m.person_id = (principal).person_id
        and m.status = 'active'
    join roles r on r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
    left join organisations o on o.organisation_id = m.organisation_id
    cross join lateral (
        select permission = any (r.permissions)
            and ((principal).scope is null or scope_covers((principal).scope, permission)) as granted
    ) g
    where n.name = organisation
        and ((principal).organisation_id is null or (principal).organisation_id = n.organisation_id);
end;

create or replace function access_team(principal principal, organisation text, permission text, team uuid)
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
        select a.granted or (team_grants(t.path, t.organisation_id, a.member_id, permission)
            and ((principal).scope is null or scope_covers((principal).scope, permission))) as granted
    ) g
    where t.visibility = 'open' or a.reads_private or sees_team(t.path, t.organisation_id, a.member_id);
end;

create or replace function access_decision(principal principal, organisation text, permission text, decision uuid)
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
        select a.granted or ((decision_grants(d, a.member_id, permission)
                or team_grants(t.path, d.organisation_id, a.member_id, permission))
            and ((principal).scope is null or scope_covers((principal).scope, permission))) as granted
    ) g
    where t.id is null or t.visibility = 'open' or a.reads_private or d.proposer_id = a.member_id
        or sees_team(t.path, d.organisation_id, a.member_id) or takes_part(d.organisation_id, d.id, a.member_id);
end;

create function holds(principal principal, organisation text, permission text)
returns boolean
language plpgsql stable
as $$
begin
    return exists (select from access(principal, organisation, permission) a where a.granted);
end;
$$;
comment on function holds(principal, text, text) is
    'Whether the caller''s role in the organisation grants a permission besides that of the operation, and the token lets it through.';

create function adopted_holds(decision adopted_decision, organisation text, permission text)
returns boolean
language plpgsql stable
as $$
begin
    return exists (select from adopted(decision, organisation, permission) a where a.granted);
end;
$$;
comment on function adopted_holds(adopted_decision, text, text) is 'The same of what is made by the authority of an adopted decision.';

drop function sees_all_below(uuid[], uuid, uuid, text);
drop function places_any_team(uuid, uuid, text, uuid);
