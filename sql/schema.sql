
CREATE TYPE public.adopted_decision AS (
	decision_id uuid,
	organisation_id uuid
);

CREATE TYPE public.principal AS (
	person_id uuid,
	organisation_id uuid,
	scope text
);

COMMENT ON TYPE public.principal IS 'Who asks: the person, and the one organisation and the scope that the token is narrowed to, or nulls.';

CREATE FUNCTION public.scope_covers(scope text, permission text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN ((scope IS NULL) OR (EXISTS (SELECT FROM string_to_table(scope_covers.scope, ' '::text) word(word) WHERE ((word.word = ANY (ARRAY['*'::text, scope_covers.permission])) OR (("right"(word.word, 2) = '.*'::text) AND starts_with(scope_covers.permission, "left"(word.word, '-1'::integer)))))));

COMMENT ON FUNCTION public.scope_covers(scope text, permission text) IS 'Whether a scope lets a permission (or all that a word like team.* stands for) through, as principal_allows in the service has it.';

CREATE TABLE public.members (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid,
    kind text DEFAULT 'human'::text NOT NULL,
    status text NOT NULL,
    role_kind text DEFAULT 'organisation'::text NOT NULL,
    role text NOT NULL,
    display_name text DEFAULT ''::text NOT NULL,
    email text,
    title text,
    function text,
    location text,
    time_zone text,
    invited_by uuid,
    invited_at timestamp with time zone,
    joined_at timestamp with time zone,
    ended_at timestamp with time zone,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT members_kind_check CHECK ((kind = ANY (ARRAY['human'::text, 'service'::text]))),
    CONSTRAINT members_person_check CHECK (((person_id IS NOT NULL) OR (status = ANY (ARRAY['invited'::text, 'left'::text])))),
    CONSTRAINT members_role_kind_check CHECK ((role_kind = 'organisation'::text)),
    CONSTRAINT members_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'active'::text, 'suspended'::text, 'left'::text])))
);

COMMENT ON TABLE public.members IS 'A person in an organisation. One invited by e-mail has no person until the invitation is accepted.';

CREATE TABLE public.organisation_names (
    name text NOT NULL,
    organisation_id uuid NOT NULL
);

COMMENT ON TABLE public.organisation_names IS 'What a path may call an organisation: its handle, and its id as text. One lookup for both.';

CREATE TABLE public.organisations (
    organisation_id uuid NOT NULL,
    handle text NOT NULL,
    name text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    governance_mode text DEFAULT 'open'::text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organisations_governance_mode_check CHECK ((governance_mode = ANY (ARRAY['open'::text, 'guided'::text, 'governed'::text]))),
    CONSTRAINT organisations_settings_check CHECK ((octet_length((settings)::text) <= 65536))
);

CREATE TABLE public.roles (
    organisation_id uuid NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    permissions text[] NOT NULL,
    built_in boolean DEFAULT false NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT roles_kind_check CHECK ((kind = ANY (ARRAY['organisation'::text, 'team'::text])))
);

COMMENT ON TABLE public.roles IS 'Named sets of permissions, for the organisation as a whole or for a team.';

CREATE FUNCTION public.access(principal public.principal, organisation text, permission text) RETURNS TABLE(organisation_id uuid, member_id uuid, role text, governance_mode text, reads_private boolean, granted boolean, _status integer, _code text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT m.organisation_id,
     m.id,
     m.role,
     o.governance_mode,
     (('team.read_private'::text = ANY (r.permissions)) AND (((access.principal).scope IS NULL) OR public.scope_covers((access.principal).scope, 'team.read_private'::text))),
     g.granted,
         CASE
             WHEN (NOT g.granted) THEN 403
             ELSE NULL::integer
         END AS "case",
     NULL::text AS text
    FROM ((((public.organisation_names n
      JOIN public.members m ON (((m.organisation_id = n.organisation_id) AND (m.person_id = (access.principal).person_id) AND (m.status = 'active'::text))))
      JOIN public.roles r ON (((r.organisation_id = m.organisation_id) AND (r.kind = 'organisation'::text) AND (r.key = m.role))))
      LEFT JOIN public.organisations o ON ((o.organisation_id = m.organisation_id)))
      CROSS JOIN LATERAL ( SELECT ((access.permission = ANY (r.permissions)) AND (((access.principal).scope IS NULL) OR public.scope_covers((access.principal).scope, access.permission))) AS granted) g)
   WHERE ((n.name = access.organisation) AND (((access.principal).organisation_id IS NULL) OR ((access.principal).organisation_id = n.organisation_id)));
END;

COMMENT ON FUNCTION public.access(principal public.principal, organisation text, permission text) IS 'What the role in the organisation grants. The outer join to organisations vanishes from plans that do not read governance_mode.';

CREATE TABLE public.decisions (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    team_id uuid,
    title text NOT NULL,
    proposer_id uuid NOT NULL,
    framework_id uuid NOT NULL,
    framework_version integer NOT NULL,
    configuration jsonb DEFAULT '{}'::jsonb NOT NULL,
    definition jsonb,
    secret boolean DEFAULT false NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    phase text,
    round integer DEFAULT 1 NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    due_at timestamp with time zone,
    opened_at timestamp with time zone,
    phase_started_at timestamp with time zone,
    phase_due_at timestamp with time zone,
    closed_at timestamp with time zone,
    outcome text,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    review_at timestamp with time zone,
    remind_at timestamp with time zone,
    area_id uuid,
    delegation jsonb,
    fallback_version integer,
    CONSTRAINT decisions_closed_check CHECK (((status = ANY (ARRAY['draft'::text, 'open'::text])) = (outcome IS NULL))),
    CONSTRAINT decisions_open_check CHECK ((((status = 'draft'::text) = (opened_at IS NULL)) OR (outcome = 'withdrawn'::text))),
    CONSTRAINT decisions_outcome_check CHECK ((outcome = ANY (ARRAY['adopted'::text, 'rejected'::text, 'tied'::text, 'no_quorum'::text, 'blocked'::text, 'withdrawn'::text, 'expired'::text, 'escalated'::text]))),
    CONSTRAINT decisions_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'open'::text, 'closed'::text, 'in_force'::text, 'kept'::text, 'amended'::text, 'superseded'::text, 'retired'::text])))
);

COMMENT ON COLUMN public.decisions.configuration IS 'What this decision changes in the framework: rule parameters and phase durations.';

COMMENT ON COLUMN public.decisions.definition IS 'The framework with that configuration, frozen when the decision opened.';

COMMENT ON COLUMN public.decisions.due_at IS 'When the proposer wants it decided: the deadline of the last phase where the framework sets none.';

COMMENT ON COLUMN public.decisions.phase_due_at IS 'When the current phase ends by itself; what is later than this is treated as settled when read or written.';

COMMENT ON COLUMN public.decisions.review_at IS 'When a decision in force is to be looked at again; null: never.';

COMMENT ON COLUMN public.decisions.remind_at IS 'When the event decision.reminder is due next in the current phase; null: all were sent, or there is none.';

COMMENT ON COLUMN public.decisions.delegation IS 'The delegation level that applied when the decision opened, with what it means, frozen; null: none.';

COMMENT ON COLUMN public.decisions.fallback_version IS 'The version of the framework that the rule names as fallback, since the opening; null: there is none, or it was opened before versions were kept.';

CREATE FUNCTION public.decision_grants(decision public.decisions, member uuid, permission text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
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

COMMENT ON FUNCTION public.decision_grants(decision public.decisions, member uuid, permission text) IS 'Whether the member''s part in the decision has the permission.';

CREATE FUNCTION public.sees_team(team_path uuid[], organisation_id uuid, member uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return exists (
        select from current_team_members tm
        where tm.organisation_id = sees_team.organisation_id and tm.member_id = member and tm.team_id = any (team_path)
    );
end;
$$;

COMMENT ON FUNCTION public.sees_team(team_path uuid[], organisation_id uuid, member uuid) IS 'Whether the member is in the team with that path or in one above it.';

CREATE FUNCTION public.takes_part(organisation_id uuid, decision uuid, member uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return exists (
        select from stakeholders s
        where s.organisation_id = takes_part.organisation_id and s.decision_id = decision and s.member_id = member
    );
end;
$$;

COMMENT ON FUNCTION public.takes_part(organisation_id uuid, decision uuid, member uuid) IS 'Whether the member is a stakeholder of the decision.';

CREATE FUNCTION public.team_grants(team_path uuid[], organisation_id uuid, member uuid, permission text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return exists (
        select from current_team_members tm
        join roles r on r.organisation_id = tm.organisation_id and r.kind = 'team' and r.key = tm.role
        where tm.organisation_id = team_grants.organisation_id and tm.member_id = member and tm.team_id = any (team_path)
            and permission = any (r.permissions)
    );
end;
$$;

COMMENT ON FUNCTION public.team_grants(team_path uuid[], organisation_id uuid, member uuid, permission text) IS 'Whether a role of the member in the team with that path or in one above it has the permission.';

CREATE TABLE public.teams (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    path uuid[] NOT NULL,
    name text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    kind text NOT NULL,
    visibility text DEFAULT 'open'::text NOT NULL,
    created_by uuid,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT teams_kind_check CHECK ((kind = ANY (ARRAY['functional'::text, 'cross_functional'::text, 'circle'::text, 'working_group'::text]))),
    CONSTRAINT teams_path_check CHECK ((((cardinality(path) >= 1) AND (cardinality(path) <= 32)) AND (path[cardinality(path)] = id))),
    CONSTRAINT teams_visibility_check CHECK ((visibility = ANY (ARRAY['open'::text, 'private'::text])))
);

COMMENT ON COLUMN public.teams.path IS 'Ids from the root team down to this one: what lies above is one array test, what lies below one index.';

CREATE FUNCTION public.access_decision(principal public.principal, organisation text, permission text, decision uuid) RETURNS TABLE(organisation_id uuid, member_id uuid, role text, granted boolean, _status integer, _code text, decision_row public.decisions)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT a.organisation_id,
     a.member_id,
     a.role,
     g.granted,
         CASE
             WHEN (NOT g.granted) THEN 403
             ELSE NULL::integer
         END AS "case",
     NULL::text AS text,
     d.*::public.decisions AS d
    FROM (((public.access(access_decision.principal, access_decision.organisation, access_decision.permission) a(organisation_id, member_id, role, governance_mode, reads_private, granted, _status, _code)
      JOIN public.decisions d ON (((d.organisation_id = a.organisation_id) AND (d.id = access_decision.decision))))
      LEFT JOIN public.teams t ON (((t.organisation_id = d.organisation_id) AND (t.id = d.team_id))))
      CROSS JOIN LATERAL ( SELECT (a.granted OR ((public.decision_grants(d.*, a.member_id, access_decision.permission) OR public.team_grants(t.path, d.organisation_id, a.member_id, access_decision.permission)) AND (((access_decision.principal).scope IS NULL) OR public.scope_covers((access_decision.principal).scope, access_decision.permission)))) AS granted) g)
   WHERE ((t.id IS NULL) OR (t.visibility = 'open'::text) OR a.reads_private OR (d.proposer_id = a.member_id) OR public.sees_team(t.path, d.organisation_id, a.member_id) OR public.takes_part(d.organisation_id, d.id, a.member_id));
END;

COMMENT ON FUNCTION public.access_decision(principal public.principal, organisation text, permission text, decision uuid) IS 'What the roles in the organisation, in the decision''s team and those above it, and in the decision itself grant.';

CREATE FUNCTION public.access_team(principal public.principal, organisation text, permission text, team uuid) RETURNS TABLE(organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, _status integer, _code text, team_row public.teams)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT a.organisation_id,
     a.member_id,
     a.role,
     a.governance_mode,
     g.granted,
         CASE
             WHEN (NOT g.granted) THEN 403
             ELSE NULL::integer
         END AS "case",
     NULL::text AS text,
     t.*::public.teams AS t
    FROM ((public.access(access_team.principal, access_team.organisation, access_team.permission) a(organisation_id, member_id, role, governance_mode, reads_private, granted, _status, _code)
      JOIN public.teams t ON (((t.organisation_id = a.organisation_id) AND (t.id = access_team.team))))
      CROSS JOIN LATERAL ( SELECT (a.granted OR (public.team_grants(t.path, t.organisation_id, a.member_id, access_team.permission) AND (((access_team.principal).scope IS NULL) OR public.scope_covers((access_team.principal).scope, access_team.permission)))) AS granted) g)
   WHERE ((t.visibility = 'open'::text) OR a.reads_private OR public.sees_team(t.path, t.organisation_id, a.member_id));
END;

COMMENT ON FUNCTION public.access_team(principal public.principal, organisation text, permission text, team uuid) IS 'What the roles in the organisation, in that team and in the teams above it grant. Private teams are seen by those in them or above.';

CREATE FUNCTION public.access_structure(principal public.principal, organisation text, permission text, team uuid) RETURNS TABLE(organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, override boolean, _status integer, _code text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT a.organisation_id,
     a.member_id,
     a.role,
     a.governance_mode,
     (a.granted AND ((a.governance_mode <> 'governed'::text) OR (a.role = 'owner'::text))),
     ((a.governance_mode = 'governed'::text) AND (a.role = 'owner'::text)),
         CASE
             WHEN ((NOT a.granted) OR ((a.governance_mode = 'governed'::text) AND (a.role <> 'owner'::text))) THEN 403
             ELSE NULL::integer
         END AS "case",
         CASE
             WHEN (a.granted AND (a.governance_mode = 'governed'::text) AND (a.role <> 'owner'::text)) THEN 'governed_structure'::text
             ELSE NULL::text
         END AS "case"
    FROM ( SELECT x.organisation_id,
             x.member_id,
             x.role,
             x.governance_mode,
             x.granted
            FROM public.access(access_structure.principal, access_structure.organisation, access_structure.permission) x(organisation_id, member_id, role, governance_mode, reads_private, granted, _status, _code)
           WHERE (access_structure.team IS NULL)
         UNION ALL
          SELECT x.organisation_id,
             x.member_id,
             x.role,
             x.governance_mode,
             x.granted
            FROM public.access_team(access_structure.principal, access_structure.organisation, access_structure.permission, access_structure.team) x(organisation_id, member_id, role, governance_mode, granted, _status, _code, team_row)
           WHERE (access_structure.team IS NOT NULL)) a;
END;

COMMENT ON FUNCTION public.access_structure(principal public.principal, organisation text, permission text, team uuid) IS 'For changes of structure (of a team, or of the organisation when team is null): in a governed organisation only an owner may override.';

CREATE FUNCTION public.adopted(decision public.adopted_decision, organisation text, permission text) RETURNS TABLE(organisation_id uuid, member_id uuid, role text, governance_mode text, reads_private boolean, granted boolean, _status integer, _code text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT d.organisation_id,
     NULL::uuid AS uuid,
     r.key,
     'open'::text AS text,
     true,
     (adopted.permission = ANY (r.permissions)),
         CASE
             WHEN (NOT (adopted.permission = ANY (r.permissions))) THEN 403
             ELSE NULL::integer
         END AS "case",
     NULL::text AS text
    FROM (public.decisions d
      JOIN public.roles r ON (((r.organisation_id = d.organisation_id) AND (r.kind = 'organisation'::text) AND (r.key = 'owner'::text))))
   WHERE ((d.organisation_id = (adopted.decision).organisation_id) AND (d.id = (adopted.decision).decision_id) AND (adopted.organisation = (d.organisation_id)::text));
END;

CREATE FUNCTION public.adopted_holds(decision public.adopted_decision, organisation text, permission text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return exists (select from adopted(decision, organisation, permission) a where a.granted);
end;
$$;

COMMENT ON FUNCTION public.adopted_holds(decision public.adopted_decision, organisation text, permission text) IS 'The same of what is made by the authority of an adopted decision.';

CREATE FUNCTION public.adopted_structure(decision public.adopted_decision, organisation text, permission text, team uuid) RETURNS TABLE(organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, override boolean, _status integer, _code text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT a.organisation_id,
     a.member_id,
     a.role,
     a.governance_mode,
     a.granted,
     false,
     a._status,
     a._code
    FROM public.adopted(adopted_structure.decision, adopted_structure.organisation, adopted_structure.permission) a(organisation_id, member_id, role, governance_mode, reads_private, granted, _status, _code)
   WHERE ((adopted_structure.team IS NULL) OR (EXISTS ( SELECT
            FROM public.teams t
           WHERE ((t.organisation_id = a.organisation_id) AND (t.id = adopted_structure.team)))));
END;

CREATE FUNCTION public.adopted_team(decision public.adopted_decision, organisation text, permission text, team uuid) RETURNS TABLE(organisation_id uuid, member_id uuid, role text, governance_mode text, granted boolean, _status integer, _code text, team_row public.teams)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT a.organisation_id,
     a.member_id,
     a.role,
     a.governance_mode,
     a.granted,
     a._status,
     a._code,
     t.*::public.teams AS t
    FROM (public.adopted(adopted_team.decision, adopted_team.organisation, adopted_team.permission) a(organisation_id, member_id, role, governance_mode, reads_private, granted, _status, _code)
      JOIN public.teams t ON (((t.organisation_id = a.organisation_id) AND (t.id = adopted_team.team))));
END;

CREATE FUNCTION public.utc_text(instant timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    RETURN replace(to_char((instant AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), '.000000Z'::text, 'Z'::text);

COMMENT ON FUNCTION public.utc_text(instant timestamp with time zone) IS 'A time inside jsonb, written as the API writes times.';

CREATE TABLE public.audit_log (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    resource_id uuid,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    override boolean DEFAULT false NOT NULL,
    request_id text,
    decision_id uuid DEFAULT (NULLIF(current_setting('cohelm.decision'::text, true), ''::text))::uuid
);

COMMENT ON TABLE public.audit_log IS 'Who changed what, when, by which request. Written in the statement that makes the change; never changed.';

COMMENT ON COLUMN public.audit_log.override IS 'An owner did what the governance mode keeps for adopted decisions.';

COMMENT ON COLUMN public.audit_log.decision_id IS 'The adopted decision that made the change, which no member did. The service sets cohelm.decision while it applies a change set.';

CREATE FUNCTION public.audit_content(entry public.audit_log) RETURNS text
    LANGUAGE sql STABLE
    RETURN (jsonb_build_object('id', (entry).id, 'at', public.utc_text((entry).at), 'actor_id', (entry).actor_id, 'action', (entry).action, 'resource_id', (entry).resource_id, 'data', (entry).data, 'override', (entry).override, 'decision_id', (entry).decision_id))::text;

COMMENT ON FUNCTION public.audit_content(entry public.audit_log) IS 'What the hash of an audit row covers: all but the request id, which is for operators. PostgreSQL writes equal jsonb as equal text.';

CREATE FUNCTION public.audit_digest(entry public.audit_log) RETURNS bytea
    LANGUAGE sql STABLE
    RETURN sha256(convert_to(public.audit_content(entry), 'UTF8'::name));

CREATE TABLE public.areas (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    path uuid[] NOT NULL,
    name text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    created_by uuid,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT areas_path_check CHECK ((((cardinality(path) >= 1) AND (cardinality(path) <= 32)) AND (path[cardinality(path)] = id)))
);

COMMENT ON TABLE public.areas IS 'Decision areas: what is decided about, whoever decides.';

COMMENT ON COLUMN public.areas.path IS 'Ids from the root area down to this one, as in teams.';

CREATE TABLE public.delegation_levels (
    organisation_id uuid NOT NULL,
    team_id uuid NOT NULL,
    area_id uuid NOT NULL,
    id uuid NOT NULL,
    level integer NOT NULL,
    delegator_id uuid NOT NULL,
    answer_within_days integer,
    note text DEFAULT ''::text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT delegation_levels_answer_check CHECK (((level = 6) = (answer_within_days IS NOT NULL))),
    CONSTRAINT delegation_levels_level_check CHECK (((level >= 1) AND (level <= 7)))
);

COMMENT ON TABLE public.delegation_levels IS 'How far the delegator lets the team decide in the area and those below it that have no level of their own.';

CREATE FUNCTION public.delegation_level_of(organisation uuid, team uuid, area uuid) RETURNS SETOF public.delegation_levels
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT l.organisation_id,
     l.team_id,
     l.area_id,
     l.id,
     l.level,
     l.delegator_id,
     l.answer_within_days,
     l.note,
     l.version,
     l.created_at,
     l.updated_at
    FROM (public.areas r
      JOIN public.delegation_levels l ON (((l.organisation_id = r.organisation_id) AND (l.team_id = delegation_level_of.team) AND (l.area_id = ANY (r.path)))))
   WHERE ((r.organisation_id = delegation_level_of.organisation) AND (r.id = delegation_level_of.area))
   ORDER BY (array_position(r.path, l.area_id)) DESC
  LIMIT 1;
END;

COMMENT ON FUNCTION public.delegation_level_of(organisation uuid, team uuid, area uuid) IS 'The level that applies to the team in the area: of the area itself, or of the nearest above.';

CREATE FUNCTION public.derived_id(base uuid, name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    RETURN ((substr((base)::text, 1, 24) || substr(md5(((base)::text || name)), 1, 12)))::uuid;

COMMENT ON FUNCTION public.derived_id(base uuid, name text) IS 'A further UUIDv7 of the instant of base, one per name: for statements that insert as many rows as they find.';

CREATE TABLE public.team_members (
    organisation_id uuid NOT NULL,
    team_id uuid NOT NULL,
    member_id uuid NOT NULL,
    role_kind text DEFAULT 'team'::text NOT NULL,
    role text DEFAULT 'member'::text NOT NULL,
    id uuid NOT NULL,
    starts_on date,
    ends_on date,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT team_members_dates_check CHECK ((ends_on >= starts_on)),
    CONSTRAINT team_members_role_kind_check CHECK ((role_kind = 'team'::text))
);

CREATE VIEW public.current_team_members AS
 SELECT tm.organisation_id,
    tm.team_id,
    tm.member_id,
    tm.role
   FROM public.team_members tm
  WHERE (((tm.starts_on IS NULL) OR (tm.starts_on <= CURRENT_DATE)) AND ((tm.ends_on IS NULL) OR (tm.ends_on >= CURRENT_DATE)));

COMMENT ON VIEW public.current_team_members IS 'Who is in which team today: what has not begun or is over grants nothing and shows nothing.';

CREATE TABLE public.stakeholder_groups (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    key text NOT NULL,
    team_id uuid,
    below boolean DEFAULT false NOT NULL,
    role text,
    roles text[] NOT NULL,
    level text DEFAULT 'team'::text NOT NULL,
    weight bigint DEFAULT 1 NOT NULL,
    added_by uuid NOT NULL,
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stakeholder_groups_level_check CHECK ((level = ANY (ARRAY['organisation'::text, 'department'::text, 'team'::text, 'affected'::text, 'external'::text]))),
    CONSTRAINT stakeholder_groups_weight_check CHECK (((weight >= 1) AND (weight <= 1000000)))
);

COMMENT ON COLUMN public.stakeholder_groups.role IS 'Only who has this role: in the team, or in the organisation where no team is named.';

COMMENT ON COLUMN public.stakeholder_groups.added_by IS 'Whoever put it: teams below that they do not see stay out.';

CREATE TABLE public.stakeholders (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    member_id uuid NOT NULL,
    roles text[] NOT NULL,
    level text DEFAULT 'team'::text NOT NULL,
    weight bigint DEFAULT 1 NOT NULL,
    notified_at timestamp with time zone,
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    left_at timestamp with time zone,
    of_group boolean DEFAULT false NOT NULL,
    CONSTRAINT stakeholders_level_check CHECK ((level = ANY (ARRAY['organisation'::text, 'department'::text, 'team'::text, 'affected'::text, 'external'::text]))),
    CONSTRAINT stakeholders_weight_check CHECK (((weight >= 1) AND (weight <= 1000000)))
);

COMMENT ON TABLE public.stakeholders IS 'The electorate: changeable while the decision is a draft, frozen when it opens.';

COMMENT ON COLUMN public.stakeholders.left_at IS 'When they had left the organisation, if they had when the decision closed: whoever comes back later changes nothing of what was counted.';

COMMENT ON COLUMN public.stakeholders.of_group IS 'Nobody named them: a group of the draft took them in when it was opened.';

CREATE FUNCTION public.electorate_of(organisation uuid, decision uuid) RETURNS TABLE(member_id uuid, roles text[], level text, weight bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT COALESCE(s.member_id, g.member_id) AS "coalesce",
     ARRAY( SELECT r.role
            FROM unnest((s.roles || g.roles)) WITH ORDINALITY r(role, number)
           GROUP BY r.role
           ORDER BY (min(r.number))) AS "array",
     COALESCE(s.level, g.level) AS "coalesce",
     COALESCE(s.weight, g.weight) AS "coalesce"
    FROM (( SELECT x.member_id,
             x.roles,
             x.level,
             x.weight
            FROM public.stakeholders x
           WHERE ((x.organisation_id = electorate_of.organisation) AND (x.decision_id = electorate_of.decision))) s
      FULL JOIN ( SELECT m.member_id,
             array_agg(r.role ORDER BY m.key, r.number) AS roles,
             (array_agg(m.level ORDER BY m.key))[1] AS level,
             max(m.weight) AS weight
            FROM (( SELECT DISTINCT k.key,
                     k.roles,
                     k.level,
                     k.weight,
                     tm.member_id
                    FROM ((((public.stakeholder_groups k
                      JOIN public.members a ON (((a.organisation_id = k.organisation_id) AND (a.id = k.added_by))))
                      JOIN public.roles ar ON (((ar.organisation_id = a.organisation_id) AND (ar.kind = 'organisation'::text) AND (ar.key = a.role))))
                      JOIN public.teams t ON (((t.organisation_id = k.organisation_id) AND ((t.id = k.team_id) OR (k.below AND (t.path @> ARRAY[k.team_id]) AND ((t.visibility = 'open'::text) OR ('team.read_private'::text = ANY (ar.permissions)) OR public.sees_team(t.path, k.organisation_id, k.added_by)))))))
                      JOIN public.current_team_members tm ON (((tm.organisation_id = t.organisation_id) AND (tm.team_id = t.id) AND ((k.role IS NULL) OR (tm.role = k.role)))))
                   WHERE ((k.organisation_id = electorate_of.organisation) AND (k.decision_id = electorate_of.decision) AND (( SELECT x.status
                            FROM public.members x
                           WHERE ((x.organisation_id = tm.organisation_id) AND (x.id = tm.member_id))) = 'active'::text))
                 UNION ALL
                  SELECT k.key,
                     k.roles,
                     k.level,
                     k.weight,
                     x.id
                    FROM (public.stakeholder_groups k
                      JOIN public.members x ON (((x.organisation_id = k.organisation_id) AND (x.status = 'active'::text) AND (x.kind = 'human'::text) AND ((k.role IS NULL) OR (x.role = k.role)))))
                   WHERE ((k.organisation_id = electorate_of.organisation) AND (k.decision_id = electorate_of.decision) AND (k.team_id IS NULL))) m
              CROSS JOIN LATERAL unnest(m.roles) WITH ORDINALITY r(role, number))
           GROUP BY m.member_id) g ON ((g.member_id = s.member_id)));
END;

COMMENT ON FUNCTION public.electorate_of(organisation uuid, decision uuid) IS 'The stakeholders of a draft with those whom its groups take in today, each once. Who is named stands with that level and weight.';

CREATE FUNCTION public.etag_matches(expected text[], current text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN ((expected IS NULL) OR ((('"+'::text = ANY (expected)) OR ((current <> ''::text) AND ((current = ANY (expected)) OR ('"'::text = ANY (expected))))) AND ((current = ''::text) OR (NOT (('"*'::text = ANY (expected)) OR (('"!'::text || current) = ANY (expected)))))));

COMMENT ON FUNCTION public.etag_matches(expected text[], current text) IS 'Whether If-Match and If-None-Match allow the change; null when there is neither. Of If-Match the tags, `"` for `*`, `"+` when there is none; of If-None-Match the tags with `"!` before them, `"*` for `*`. No tag has a quotation mark. What does not exist has the tag ''''.';

CREATE FUNCTION public.holds(principal public.principal, organisation text, permission text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return exists (select from access(principal, organisation, permission) a where a.granted);
end;
$$;

COMMENT ON FUNCTION public.holds(principal public.principal, organisation text, permission text) IS 'Whether the caller''s role in the organisation grants a permission besides that of the operation, and the token lets it through.';

CREATE FUNCTION public.input_shown(hidden text, author uuid, viewer uuid, revision integer, round integer, phase text, decision public.decisions) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN ((hidden IS NULL) OR COALESCE((author = viewer), false) OR ((hidden = 'phase'::text) AND ((revision <> (decision).revision) OR (round <> (decision).round) OR (phase <> (decision).phase) OR (((decision).outcome IS NOT NULL) AND ((decision).outcome <> ALL (ARRAY['withdrawn'::text, 'expired'::text]))))));

COMMENT ON FUNCTION public.input_shown(hidden text, author uuid, viewer uuid, revision integer, round integer, phase text, decision public.decisions) IS 'Whether the viewer (null: anybody) may see an input. What was hidden when a decision was given up stays hidden.';

CREATE TABLE public.people (
    id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    kind text DEFAULT 'human'::text NOT NULL,
    display_name text DEFAULT ''::text NOT NULL,
    email text,
    email_verified boolean DEFAULT false NOT NULL,
    title text,
    function text,
    location text,
    time_zone text,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT people_kind_check CHECK ((kind = ANY (ARRAY['human'::text, 'service'::text])))
);

COMMENT ON TABLE public.people IS 'Whoever a token can speak for: identity is (issuer, subject).';

CREATE FUNCTION public.invitations_of(principal public.principal) RETURNS SETOF public.members
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT m.organisation_id,
     m.id,
     m.person_id,
     m.kind,
     m.status,
     m.role_kind,
     m.role,
     m.display_name,
     m.email,
     m.title,
     m.function,
     m.location,
     m.time_zone,
     m.invited_by,
     m.invited_at,
     m.joined_at,
     m.ended_at,
     m.version,
     m.created_at,
     m.updated_at
    FROM public.members m
   WHERE ((m.person_id = (invitations_of.principal).person_id) AND (m.status = 'invited'::text) AND (((invitations_of.principal).organisation_id IS NULL) OR ((invitations_of.principal).organisation_id = m.organisation_id)))
 UNION ALL
  SELECT m.organisation_id,
     m.id,
     m.person_id,
     m.kind,
     m.status,
     m.role_kind,
     m.role,
     m.display_name,
     m.email,
     m.title,
     m.function,
     m.location,
     m.time_zone,
     m.invited_by,
     m.invited_at,
     m.joined_at,
     m.ended_at,
     m.version,
     m.created_at,
     m.updated_at
    FROM (public.people p
      JOIN public.members m ON (((lower(m.email) = lower(p.email)) AND (m.status = 'invited'::text) AND (m.person_id IS NULL))))
   WHERE ((p.id = (invitations_of.principal).person_id) AND p.email_verified AND (((invitations_of.principal).organisation_id IS NULL) OR ((invitations_of.principal).organisation_id = m.organisation_id)));
END;

COMMENT ON FUNCTION public.invitations_of(principal public.principal) IS 'The one place where a person meets an invitation: one that names the person, or the e-mail address that the issuer has verified.';

CREATE TABLE public.event_epochs (
    epoch integer NOT NULL,
    system_identifier bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.event_epochs IS 'A cluster whose transaction ids are comparable. After a restore into another cluster cohelm migrate begins a new epoch, so that events keep their order although transaction ids start again.';

CREATE FUNCTION public.latest_epoch() RETURNS integer
    LANGUAGE sql STABLE
    RETURN (SELECT max(event_epochs.epoch) AS max FROM public.event_epochs);

CREATE FUNCTION public.may_end_decision(principal public.principal, organisation text, decision uuid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (EXISTS (SELECT FROM public.access_decision(may_end_decision.principal, may_end_decision.organisation, 'decision.review'::text, may_end_decision.decision) a(organisation_id, member_id, role, granted, _status, _code, decision_row) WHERE ((EXISTS (SELECT FROM public.access(may_end_decision.principal, may_end_decision.organisation, 'decision.review'::text) x(organisation_id, member_id, role, governance_mode, reads_private, granted, _status, _code) WHERE x.granted)) OR (EXISTS (SELECT FROM public.access_team(may_end_decision.principal, may_end_decision.organisation, 'decision.review'::text, (a.decision_row).team_id) x(organisation_id, member_id, role, governance_mode, granted, _status, _code, team_row) WHERE x.granted)))));

COMMENT ON FUNCTION public.may_end_decision(principal public.principal, organisation text, decision uuid) IS 'Who may end a decision in force, or have it replaced: an office in the organisation or the team, and not just a part in the decision, so that nobody ends by themselves what others have decided with them.';

CREATE FUNCTION public.merge_patch(target jsonb, patch jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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

COMMENT ON FUNCTION public.merge_patch(target jsonb, patch jsonb) IS 'RFC 7396: members that are null go, objects are merged, all else is replaced.';

CREATE FUNCTION public.next_reminder(settings jsonb, rule jsonb, started_at timestamp with time zone, due_at timestamp with time zone, later_than timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT min(t.at) AS min
    FROM ((( SELECT
                 CASE
                     WHEN ((next_reminder.rule -> 'reminder'::text) = 'null'::jsonb) THEN '{}'::text[]
                     WHEN (next_reminder.rule ? 'reminder'::text) THEN ARRAY[(next_reminder.rule ->> 'reminder'::text)]
                     WHEN (jsonb_typeof((next_reminder.settings -> 'reminders'::text)) = 'array'::text) THEN ARRAY( SELECT e.before
                        FROM jsonb_array_elements_text((next_reminder.settings -> 'reminders'::text)) e(before)
                       WHERE (e.before ~ '^P([0-9]{1,3}[WD]|T[0-9]{1,3}[HM])$'::text))
                     ELSE ARRAY['P1D'::text]
                 END AS durations) r
      CROSS JOIN LATERAL unnest(r.durations) d(before))
      CROSS JOIN LATERAL ( SELECT (((next_reminder.due_at AT TIME ZONE 'UTC'::text) - (d.before)::interval) AT TIME ZONE 'UTC'::text) AS at) t)
   WHERE (t.at > GREATEST(next_reminder.started_at, next_reminder.later_than));
END;

COMMENT ON FUNCTION public.next_reminder(settings jsonb, rule jsonb, started_at timestamp with time zone, due_at timestamp with time zone, later_than timestamp with time zone) IS 'When the end of a phase is told of next: as long before it as the rule says, or else the organisation (what is no duration there was put by an earlier version). A phase that is shorter has no such reminder.';

CREATE FUNCTION public.patch_between(now jsonb, wanted jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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

COMMENT ON FUNCTION public.patch_between(now jsonb, wanted jsonb) IS 'The merge patch (RFC 7396) that makes the one into the other.';

CREATE FUNCTION public.person_tag(version bigint, principal public.principal, client text) RETURNS text
    LANGUAGE sql STABLE
    RETURN (version || COALESCE(('-'::text || "left"(md5(NULLIF(concat_ws(' '::text, (principal).organisation_id, client), ''::text)), 8)), ''::text));

COMMENT ON FUNCTION public.person_tag(version bigint, principal public.principal, client text) IS 'The entity tag of a person as a token shows them; other ones for tokens that are narrowed.';

CREATE TABLE public.proxies (
    organisation_id uuid NOT NULL,
    truster_id uuid NOT NULL,
    team_id uuid,
    decision_id uuid,
    trustee_id uuid,
    expires_at timestamp with time zone,
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    area_id uuid,
    scope_id uuid GENERATED ALWAYS AS (COALESCE(decision_id, area_id, team_id, organisation_id)) STORED NOT NULL,
    CONSTRAINT proxies_scope_check CHECK ((num_nonnulls(team_id, area_id, decision_id) <= 1)),
    CONSTRAINT proxies_trustee_check CHECK ((trustee_id <> truster_id))
);

COMMENT ON TABLE public.proxies IS 'The proxies in force, one per truster and scope: the organisation, a team, an area or a decision. In force since updated_at.';

COMMENT ON COLUMN public.proxies.trustee_id IS 'Null: nobody in this scope, whatever a wider one says.';

CREATE FUNCTION public.proxy_scope(proxy public.proxies) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN ((proxy).decision_id IS NOT NULL) THEN 'decision'::text WHEN ((proxy).area_id IS NOT NULL) THEN 'area'::text WHEN ((proxy).team_id IS NOT NULL) THEN 'team'::text ELSE 'organisation'::text END;

CREATE FUNCTION public.search_configuration(settings jsonb) RETURNS regconfig
    LANGUAGE sql IMMUTABLE
    RETURN CASE COALESCE((settings ->> 'language'::text), 'en'::text) WHEN 'ar'::text THEN 'arabic'::regconfig WHEN 'hy'::text THEN 'armenian'::regconfig WHEN 'eu'::text THEN 'basque'::regconfig WHEN 'ca'::text THEN 'catalan'::regconfig WHEN 'da'::text THEN 'danish'::regconfig WHEN 'nl'::text THEN 'dutch'::regconfig WHEN 'en'::text THEN 'english'::regconfig WHEN 'fi'::text THEN 'finnish'::regconfig WHEN 'fr'::text THEN 'french'::regconfig WHEN 'de'::text THEN 'german'::regconfig WHEN 'el'::text THEN 'greek'::regconfig WHEN 'hi'::text THEN 'hindi'::regconfig WHEN 'hu'::text THEN 'hungarian'::regconfig WHEN 'id'::text THEN 'indonesian'::regconfig WHEN 'ga'::text THEN 'irish'::regconfig WHEN 'it'::text THEN 'italian'::regconfig WHEN 'lt'::text THEN 'lithuanian'::regconfig WHEN 'ne'::text THEN 'nepali'::regconfig WHEN 'no'::text THEN 'norwegian'::regconfig WHEN 'nb'::text THEN 'norwegian'::regconfig WHEN 'nn'::text THEN 'norwegian'::regconfig WHEN 'pt'::text THEN 'portuguese'::regconfig WHEN 'ro'::text THEN 'romanian'::regconfig WHEN 'ru'::text THEN 'russian'::regconfig WHEN 'sr'::text THEN 'serbian'::regconfig WHEN 'es'::text THEN 'spanish'::regconfig WHEN 'sv'::text THEN 'swedish'::regconfig WHEN 'ta'::text THEN 'tamil'::regconfig WHEN 'tr'::text THEN 'turkish'::regconfig WHEN 'yi'::text THEN 'yiddish'::regconfig ELSE 'simple'::regconfig END;

COMMENT ON FUNCTION public.search_configuration(settings jsonb) IS 'How word forms are found in the language of the settings: English unless it is said, and of a language that PostgreSQL doesn''t know none.';

CREATE FUNCTION public.search_document(organisation_id uuid, title text, text text, outcome text, rationale text) RETURNS tsvector
    LANGUAGE plpgsql STABLE
    AS $$
declare
    words constant text := concat_ws(E'\n\n', title, text, outcome, rationale);
    configuration regconfig;
begin
    select search_configuration(o.settings) into strict configuration
    from organisations o
    where o.organisation_id = search_document.organisation_id;
    return array_to_tsvector(array[left(md5(organisation_id::text), 6)])
        || search_lexemes(organisation_id, to_tsvector(configuration, words)::text)::tsvector
        || search_lexemes(organisation_id, to_tsvector('simple', words)::text)::tsvector;
end
$$;

COMMENT ON FUNCTION public.search_document(organisation_id uuid, title text, text text, outcome text, rationale text) IS 'The words of a decision as the organisation''s language finds their forms, the words as they stand, and the organisation.';

CREATE FUNCTION public.without_accents(words text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN replace(replace(replace(translate(NORMALIZE(regexp_replace(NORMALIZE(words, NFD), '([a-zA-Zα-ωΑ-Ω])[\u0300-\u036f]+'::text, '\1'::text, 'g'::text), NFC), 'øØłŁđĐıёЁς'::text, 'oOlLdDiеЕσ'::text), 'ß'::text, 'ss'::text), 'æ'::text, 'ae'::text), 'œ'::text, 'oe'::text);

COMMENT ON FUNCTION public.without_accents(words text) IS 'Latin and Greek letters without their marks, so that a word is found however it is typed.';

CREATE FUNCTION public.search_lexemes(organisation_id uuid, lexemes text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN regexp_replace(public.without_accents(lexemes), '(^| )'''::text, (('\1'''::text || "left"(md5((organisation_id)::text), 6)) || ' '::text), 'g'::text);

COMMENT ON FUNCTION public.search_lexemes(organisation_id uuid, lexemes text) IS 'A tsvector or tsquery as text, without accents and with a few letters of the organisation before each word: what begins like a word is then looked for among the words of one organisation only. No word of a text has a space in it, so none can claim to be of another one.';

CREATE FUNCTION public.search_query(organisation_id uuid, words text) RETURNS tsquery
    LANGUAGE plpgsql STABLE
    AS $$
declare
    configuration regconfig;
begin
    select search_configuration(o.settings) into strict configuration
    from organisations o
    where o.organisation_id = search_query.organisation_id;
    return quote_literal(left(md5(organisation_id::text), 6))::tsquery && search_words(organisation_id, configuration, words)
        || (quote_literal('organisation ' || organisation_id)::tsquery && websearch_to_tsquery('simple', words));
end
$$;

COMMENT ON FUNCTION public.search_query(organisation_id uuid, words text) IS 'Finds words within one organisation by one index, also in documents that the background has not yet written anew. Nothing in it finds nothing.';

CREATE FUNCTION public.search_term(organisation_id uuid, configuration regconfig, words text, ending text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
declare
    formed constant text := search_lexemes(organisation_id, phraseto_tsquery(configuration, words)::text);
    plain constant text := search_lexemes(organisation_id, phraseto_tsquery('simple', words)::text);
begin
    return case
        when plain = '' then null
        when ending = 'open' then format('(%s%s)', nullif(formed, '') || ' | ', regexp_replace(plain, '''(?= |$)', ''':*', 'g'))
        when formed <> '' then format('(%s | %s)', formed, plain)
        when ending = 'phrase' then format('(%s)', plain)
    end;
end
$_$;

COMMENT ON FUNCTION public.search_term(organisation_id uuid, configuration regconfig, words text, ending text) IS 'A word or a phrase in any of its forms; with the ending `open` also what begins like it. Null: nothing in it to look for, as in `the`.';

CREATE FUNCTION public.search_words(organisation_id uuid, configuration regconfig, words text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
begin
    return (
        select string_agg(g.terms, ' | ')::tsquery
        from (
            select string_agg(t.negation || t.term, ' & ' order by t.place) as terms
            from (
                select w.place, count(*) filter (where w.negation = '' and lower(w.word) = 'or') over (order by w.place) as alternative,
                    case when w.negation <> '' then '!' else '' end as negation,
                    case when w.negation <> '' or lower(coalesce(w.word, '')) <> 'or' then search_term(search_words.organisation_id, search_words.configuration,
                        coalesce(w.phrase, rtrim(w.word, '*')), case
                            when w.phrase is not null then 'phrase'
                            when w.word like '%*' then 'open'
                            when w.negation = '' and w.place = count(*) over () and search_words.words ~ '[^\s"[:punct:]]$' then 'open'
                            else 'word'
                        end) end as term
                from (
                    select m.parts[1] as negation, m.parts[2] as phrase, m.parts[3] as word, m.place
                    from regexp_matches(search_words.words, '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') with ordinality m (parts, place)
                ) w
            ) t
            where t.term is not null
            group by t.alternative
        ) g
    );
end
$_$;

COMMENT ON FUNCTION public.search_words(organisation_id uuid, configuration regconfig, words text) IS 'As websearch_to_tsquery has it (quotes, or, -), and the word at the very end, or before *, may be the beginning of one. Null: no word in it.';

CREATE TABLE public.service_account_secrets (
    organisation_id uuid NOT NULL,
    service_account_id uuid NOT NULL,
    id uuid NOT NULL,
    hash text NOT NULL,
    hint text NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON COLUMN public.service_account_secrets.hash IS 'SHA-256 of the secret in hexadecimal; the secret itself has 256 random bits and is shown once.';

CREATE FUNCTION public.secrets_shown(organisation_id uuid, service_account uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', s.id, 'hint', s.hint, 'expires_at', public.utc_text(s.expires_at), 'last_used_at', public.utc_text(s.last_used_at), 'created_at', public.utc_text(s.created_at)) ORDER BY s.id), '[]'::jsonb) AS "coalesce" FROM public.service_account_secrets s WHERE ((s.organisation_id = secrets_shown.organisation_id) AND (s.service_account_id = secrets_shown.service_account)));

COMMENT ON FUNCTION public.secrets_shown(organisation_id uuid, service_account uuid) IS 'What may be shown of the secrets of a service account: all but the hash.';

CREATE FUNCTION public.secrets_used(organisation_id uuid, service_account uuid) RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT COALESCE((EXTRACT(epoch FROM max(s.last_used_at)))::bigint, (0)::bigint) AS "coalesce" FROM public.service_account_secrets s WHERE ((s.organisation_id = secrets_used.organisation_id) AND (s.service_account_id = secrets_used.service_account)));

COMMENT ON FUNCTION public.secrets_used(organisation_id uuid, service_account uuid) IS 'Second half of a service account''s ETag: its representation also changes when a secret is used.';

CREATE FUNCTION public.shown_decision(principal public.principal, organisation text, decision uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return case when decision is not null then (
        select decision
        from access_decision(principal, organisation, 'decision.read', decision) a
        where a.granted
    ) end;
end;
$$;

COMMENT ON FUNCTION public.shown_decision(principal public.principal, organisation text, decision uuid) IS 'The id of a decision if the caller may see it, or else null.';

CREATE FUNCTION public.utc_add(instant timestamp with time zone, duration text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    RETURN (((instant AT TIME ZONE 'UTC'::text) + (duration)::interval) AT TIME ZONE 'UTC'::text);

COMMENT ON FUNCTION public.utc_add(instant timestamp with time zone, duration text) IS 'A time plus an ISO 8601 duration, in UTC, as duration_add of the service has it.';

CREATE TABLE public.audit_chains (
    organisation_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    length bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL
);

COMMENT ON TABLE public.audit_chains IS 'The end of each chain. No foreign key: like the audit rows it outlives what it is about.';

CREATE TABLE public.audit_links (
    organisation_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    number bigint NOT NULL,
    audit_id uuid NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_links_hash_check CHECK ((octet_length(hash) = 32))
);

COMMENT ON TABLE public.audit_links IS 'The hash of each audit row of a chain, in the order of the chain; never changed.';

CREATE TABLE public.ballots (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    member_id uuid NOT NULL,
    revision integer NOT NULL,
    id uuid NOT NULL,
    ballot jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    cast_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.ballots IS 'Open ballots, with who cast them.';

CREATE TABLE public.built_in_frameworks (
    key text NOT NULL,
    definition jsonb NOT NULL
);

COMMENT ON TABLE public.built_in_frameworks IS 'The frameworks every organisation has; written by cohelm migrate.';

CREATE TABLE public.built_in_roles (
    key text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    permissions text[] NOT NULL,
    CONSTRAINT built_in_roles_kind_check CHECK ((kind = ANY (ARRAY['organisation'::text, 'team'::text, 'decision'::text])))
);

COMMENT ON TABLE public.built_in_roles IS 'The roles every organisation has; written by cohelm migrate from the OpenAPI document.';

CREATE TABLE public.calendar_feeds (
    person_id uuid NOT NULL,
    hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.calendar_feeds IS 'A small lookup from a secret address to whom it was given. A new address takes the place of the one before.';

COMMENT ON COLUMN public.calendar_feeds.hash IS 'SHA-256 of the secret in hexadecimal; the secret itself has 256 random bits and is shown once.';

CREATE TABLE public.change_sets (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    revision integer NOT NULL,
    id uuid NOT NULL,
    changes jsonb NOT NULL,
    reverses uuid,
    author_id uuid NOT NULL,
    authority text,
    authorised_by uuid,
    status text DEFAULT 'proposed'::text NOT NULL,
    failure jsonb,
    resources jsonb,
    reverse jsonb,
    applied_at timestamp with time zone,
    reversed_at timestamp with time zone,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    retry_at timestamp with time zone,
    waits_for text,
    CONSTRAINT change_sets_authority_check CHECK ((authority = ANY (ARRAY['organisation'::text, 'team'::text]))),
    CONSTRAINT change_sets_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'applied'::text, 'failed'::text, 'reversed'::text])))
);

COMMENT ON TABLE public.change_sets IS 'The changes that belong to the text from that revision on, until a later revision has others; an empty list: none any more.';

COMMENT ON COLUMN public.change_sets.reverses IS 'The decision whose changes these undo.';

COMMENT ON COLUMN public.change_sets.authority IS 'How far the changes may reach, by who opened the decision: the organisation, or the decision''s team and those below it. Null: not opened.';

COMMENT ON COLUMN public.change_sets.resources IS 'By position what each change was made to; null where it was not made, because its option did not win.';

COMMENT ON COLUMN public.change_sets.reverse IS 'The changes that undo what was applied, in the order in which to make them.';

COMMENT ON COLUMN public.change_sets.tries IS 'How often the changes of the adopted decision could not even be tried.';

COMMENT ON COLUMN public.change_sets.retry_at IS 'When they are tried again by themselves; null: never.';

COMMENT ON COLUMN public.change_sets.waits_for IS 'Why they could not be tried; null: they were, or are not to be made yet.';

CREATE TABLE public.decision_links (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    type text NOT NULL,
    linked_id uuid NOT NULL,
    id uuid NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_by uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT decision_links_self_check CHECK ((linked_id <> decision_id)),
    CONSTRAINT decision_links_type_check CHECK ((type = ANY (ARRAY['supersedes'::text, 'depends_on'::text, 'relates_to'::text, 'continues'::text])))
);

COMMENT ON TABLE public.decision_links IS 'decision_id supersedes, depends on, relates to or continues linked_id. It continues one that escalated; that link nobody makes or takes away.';

CREATE TABLE public.decision_options (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    key text NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    "position" integer NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    pros text[] DEFAULT '{}'::text[] NOT NULL,
    cons text[] DEFAULT '{}'::text[] NOT NULL,
    proposer_id uuid
);

COMMENT ON COLUMN public.decision_options.proposer_id IS 'Who put it while the decision was open; null for those of the draft.';

CREATE TABLE public.decision_proxies (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    truster_id uuid NOT NULL,
    trustee_id uuid NOT NULL,
    voter_id uuid,
    hops integer NOT NULL,
    ending text NOT NULL,
    given_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.decision_proxies IS 'The proxies as they stood when the decision closed (with secret ballots, when the trustee voted), with the vote that each led to.';

CREATE TABLE public.decision_revisions (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    author_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.decision_revisions IS 'The text under decision, one row per revision; immutable once the decision is open.';

CREATE TABLE public.decision_search (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    document tsvector NOT NULL
);

COMMENT ON TABLE public.decision_search IS 'The words by which a decision is found. Apart from it, so that its own row stays small.';

CREATE TABLE public.delegation_level_history (
    organisation_id uuid NOT NULL,
    team_id uuid NOT NULL,
    area_id uuid NOT NULL,
    id uuid NOT NULL,
    level integer,
    delegator_id uuid,
    answer_within_days integer,
    note text NOT NULL,
    changed_by uuid,
    decision_id uuid DEFAULT (NULLIF(current_setting('cohelm.decision'::text, true), ''::text))::uuid,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.delegation_level_history IS 'What was set when; only ever added to.';

COMMENT ON COLUMN public.delegation_level_history.level IS 'Null: the level was taken away.';

COMMENT ON COLUMN public.delegation_level_history.decision_id IS 'As in audit_log.';

CREATE TABLE public.delegation_meanings (
    level integer NOT NULL,
    name text NOT NULL,
    framework text NOT NULL,
    deciders text NOT NULL,
    duties text[] NOT NULL
);

COMMENT ON TABLE public.delegation_meanings IS 'What each delegation level means; written by cohelm migrate, never by hand.';

CREATE TABLE public.events (
    organisation_id uuid NOT NULL,
    epoch integer DEFAULT COALESCE((NULLIF(current_setting('cohelm.epoch'::text, true), ''::text))::integer, public.latest_epoch()) NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    type text NOT NULL,
    actor_id uuid,
    resource_id uuid,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    decision_id uuid DEFAULT (NULLIF(current_setting('cohelm.decision'::text, true), ''::text))::uuid
);

COMMENT ON TABLE public.events IS 'What happened, in an order that a reader can follow without missing anything: (epoch, transaction id, id), read only up to the oldest transaction still running. Writers do not wait for each other.';

COMMENT ON COLUMN public.events.epoch IS 'The service sets cohelm.epoch on its connections, which spares the look-up.';

COMMENT ON COLUMN public.events.decision_id IS 'As in audit_log.';

CREATE TABLE public.framework_versions (
    organisation_id uuid NOT NULL,
    framework_id uuid NOT NULL,
    number integer NOT NULL,
    definition jsonb NOT NULL,
    published_by uuid,
    published_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.framework_versions IS 'Immutable: a version in use never changes.';

CREATE TABLE public.frameworks (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    built_in boolean DEFAULT false NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    draft jsonb,
    latest_version integer,
    created_by uuid,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT frameworks_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text])))
);

COMMENT ON COLUMN public.frameworks.draft IS 'The definition being worked on; null when it equals the latest version.';

CREATE TABLE public.idempotency_keys (
    person_id uuid NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.idempotency_keys IS 'Answers of POST requests with an Idempotency-Key, stored in the transaction of the change, for 24 hours.';

CREATE TABLE public.inputs (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    id uuid NOT NULL,
    revision integer NOT NULL,
    round integer NOT NULL,
    phase text NOT NULL,
    member_id uuid NOT NULL,
    type text NOT NULL,
    subject_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    hidden text,
    keyed_type text GENERATED ALWAYS AS (
CASE
    WHEN ((subject_id <> '00000000-0000-0000-0000-000000000000'::uuid) OR (phase = 'review'::text)) THEN type
    ELSE ''::text
END) STORED NOT NULL,
    CONSTRAINT inputs_hidden_check CHECK ((hidden = ANY (ARRAY['phase'::text, 'always'::text])))
);

COMMENT ON TABLE public.inputs IS 'What stakeholders said: one current input per member, phase, revision, round and thing it answers, there one of each type.';

COMMENT ON COLUMN public.inputs.subject_id IS 'The input that a ruling or an answer is about; all zeros when it is about the proposal.';

COMMENT ON COLUMN public.inputs.hidden IS 'From others than who gave it: until the phase is over, or always. Null: from nobody.';

COMMENT ON COLUMN public.inputs.keyed_type IS 'The type, where an input of another type does not take its place.';

CREATE TABLE public.job_claims (
    person_id uuid NOT NULL,
    job_id uuid NOT NULL
);

COMMENT ON TABLE public.job_claims IS 'Jobs that are not finished. Whoever works at one holds the lock on its row until the transaction that finishes it; when that instance dies, so does its lock. Apart from jobs, whose rows then can still be changed.';

CREATE TABLE public.jobs (
    person_id uuid NOT NULL,
    id uuid NOT NULL,
    operation text NOT NULL,
    target text NOT NULL,
    body text,
    organisation_id uuid,
    scope text,
    request_id text NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    progress integer DEFAULT 0 NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    result json,
    problem json,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT jobs_progress_check CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);

COMMENT ON TABLE public.jobs IS 'Requests that are answered later, for 24 hours. A small lookup of the person who asked, as idempotency_keys is: a tally belongs to no organisation, and whoever asks for a count sees its result, nobody else.';

COMMENT ON COLUMN public.jobs.organisation_id IS 'The only one that the token was for; null: all of the person''s.';

COMMENT ON COLUMN public.jobs.scope IS 'What the token was narrowed to; null: nothing.';

COMMENT ON COLUMN public.jobs.result IS 'Kept as text: the bytes that the request would have been answered with.';

CREATE TABLE public.outcomes (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    outcome text NOT NULL,
    winners text[] DEFAULT '{}'::text[] NOT NULL,
    rationale text,
    count_report text NOT NULL,
    closed_by uuid,
    closed_at timestamp with time zone NOT NULL,
    follow_up_id uuid
);

COMMENT ON COLUMN public.outcomes.count_report IS 'JSON kept as the text it was counted as: a recount must give the same bytes.';

COMMENT ON COLUMN public.outcomes.follow_up_id IS 'The decision that continues this one, which escalated. No foreign key: an outcome never changes, and a follow-up that is still a draft may be deleted.';

CREATE TABLE public.past_proxies (
    organisation_id uuid NOT NULL,
    truster_id uuid NOT NULL,
    scope_id uuid NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    began_at timestamp with time zone NOT NULL,
    trustee_id uuid
);

COMMENT ON TABLE public.past_proxies IS 'What proxies were before they were changed or taken back: a decision that is settled late counts those of its deadline.';

CREATE TABLE public.permissions (
    name text NOT NULL,
    about text NOT NULL
);

COMMENT ON TABLE public.permissions IS 'Every permission of the OpenAPI document; written by cohelm migrate, never by hand.';

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.schema_migrations IS 'The migrations that were applied, with their checksums.';

CREATE TABLE public.secret_ballots (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    revision integer NOT NULL,
    weight bigint NOT NULL,
    hash bytea NOT NULL,
    ballot jsonb NOT NULL,
    count bigint NOT NULL
);

COMMENT ON TABLE public.secret_ballots IS 'How often each secret ballot was cast. No voter, no time, no order: equal ballots share a row, and who voted stands elsewhere.';

CREATE TABLE public.secret_voters (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    revision integer NOT NULL,
    member_id uuid NOT NULL
);

COMMENT ON TABLE public.secret_voters IS 'Who has cast a secret ballot, so that nobody casts two.';

CREATE TABLE public.service_accounts (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    name text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    scope text,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON COLUMN public.service_accounts.id IS 'Also the client_id, and the subject of its tokens.';

COMMENT ON COLUMN public.service_accounts.scope IS 'The widest scope its tokens may carry, space-separated; null: whatever its role allows.';

CREATE TABLE public.setting_rollouts (
    organisation_id uuid NOT NULL,
    setting text NOT NULL,
    decision_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    due_at timestamp with time zone DEFAULT (now() + '00:00:02'::interval) NOT NULL,
    CONSTRAINT setting_rollouts_setting_check CHECK ((setting = ANY (ARRAY['language'::text, 'reminders'::text])))
);

COMMENT ON TABLE public.setting_rollouts IS 'A setting that was changed and that the decisions of the organisation are brought into line with, in the background.';

COMMENT ON COLUMN public.setting_rollouts.decision_id IS 'As far as it has got, in the order of ids.';

COMMENT ON COLUMN public.setting_rollouts.due_at IS 'Not at once: no statement that began before the change may be at work any more.';

CREATE TABLE public.settlements (
    organisation_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL
);

COMMENT ON TABLE public.settlements IS 'Open decisions of large electorates that a ballot may have ended: in the background all of their ballots are looked at. The version counts the ballots, so that none is missed that comes meanwhile.';

ALTER TABLE ONLY public.areas
    ADD CONSTRAINT areas_name_key UNIQUE NULLS NOT DISTINCT (organisation_id, parent_id, name);

ALTER TABLE ONLY public.areas
    ADD CONSTRAINT areas_pkey PRIMARY KEY (organisation_id, id);

ALTER TABLE ONLY public.audit_chains
    ADD CONSTRAINT audit_chains_pkey PRIMARY KEY (organisation_id, resource_id);

ALTER TABLE ONLY public.audit_links
    ADD CONSTRAINT audit_links_pkey PRIMARY KEY (organisation_id, resource_id, number);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (organisation_id, id);

ALTER TABLE ONLY public.ballots
    ADD CONSTRAINT ballots_pkey PRIMARY KEY (organisation_id, decision_id, member_id, revision);

ALTER TABLE ONLY public.built_in_frameworks
    ADD CONSTRAINT built_in_frameworks_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.built_in_roles
    ADD CONSTRAINT built_in_roles_pkey PRIMARY KEY (kind, key);

ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.change_sets
    ADD CONSTRAINT change_sets_pkey PRIMARY KEY (organisation_id, decision_id, revision);

ALTER TABLE ONLY public.decision_links
    ADD CONSTRAINT decision_links_pkey PRIMARY KEY (organisation_id, decision_id, type, linked_id);

ALTER TABLE ONLY public.decision_options
    ADD CONSTRAINT decision_options_pkey PRIMARY KEY (organisation_id, decision_id, key);

ALTER TABLE ONLY public.decision_proxies
    ADD CONSTRAINT decision_proxies_pkey PRIMARY KEY (organisation_id, decision_id, truster_id);

ALTER TABLE ONLY public.decision_revisions
    ADD CONSTRAINT decision_revisions_pkey PRIMARY KEY (organisation_id, decision_id, number);

ALTER TABLE ONLY public.decision_search
    ADD CONSTRAINT decision_search_pkey PRIMARY KEY (organisation_id, decision_id);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (organisation_id, id);

ALTER TABLE ONLY public.delegation_level_history
    ADD CONSTRAINT delegation_level_history_pkey PRIMARY KEY (organisation_id, team_id, area_id, id);

ALTER TABLE ONLY public.delegation_levels
    ADD CONSTRAINT delegation_levels_pkey PRIMARY KEY (organisation_id, team_id, area_id);

ALTER TABLE ONLY public.delegation_meanings
    ADD CONSTRAINT delegation_meanings_pkey PRIMARY KEY (level);

ALTER TABLE ONLY public.event_epochs
    ADD CONSTRAINT event_epochs_pkey PRIMARY KEY (epoch);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (organisation_id, epoch, xid, id);

ALTER TABLE ONLY public.framework_versions
    ADD CONSTRAINT framework_versions_pkey PRIMARY KEY (organisation_id, framework_id, number);

ALTER TABLE ONLY public.frameworks
    ADD CONSTRAINT frameworks_key_key UNIQUE (organisation_id, key);

ALTER TABLE ONLY public.frameworks
    ADD CONSTRAINT frameworks_pkey PRIMARY KEY (organisation_id, id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (person_id, operation, key);

ALTER TABLE ONLY public.inputs
    ADD CONSTRAINT inputs_current_key UNIQUE (organisation_id, decision_id, revision, phase, member_id, subject_id, round, keyed_type);

ALTER TABLE ONLY public.inputs
    ADD CONSTRAINT inputs_pkey PRIMARY KEY (organisation_id, decision_id, id);

ALTER TABLE ONLY public.job_claims
    ADD CONSTRAINT job_claims_pkey PRIMARY KEY (person_id, job_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (person_id, id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_person_id_key UNIQUE (organisation_id, person_id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (organisation_id, id);

ALTER TABLE ONLY public.organisation_names
    ADD CONSTRAINT organisation_names_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.organisations
    ADD CONSTRAINT organisations_pkey PRIMARY KEY (organisation_id);

ALTER TABLE ONLY public.outcomes
    ADD CONSTRAINT outcomes_pkey PRIMARY KEY (organisation_id, decision_id);

ALTER TABLE ONLY public.past_proxies
    ADD CONSTRAINT past_proxies_pkey PRIMARY KEY (organisation_id, truster_id, scope_id, ended_at);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_issuer_subject_key UNIQUE (issuer, subject);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.permissions
    ADD CONSTRAINT permissions_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_pkey PRIMARY KEY (organisation_id, truster_id, scope_id);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_id_key UNIQUE (organisation_id, id);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (organisation_id, kind, key);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.secret_ballots
    ADD CONSTRAINT secret_ballots_pkey PRIMARY KEY (organisation_id, decision_id, revision, weight, hash);

ALTER TABLE ONLY public.secret_voters
    ADD CONSTRAINT secret_voters_pkey PRIMARY KEY (organisation_id, decision_id, revision, member_id);

ALTER TABLE ONLY public.service_account_secrets
    ADD CONSTRAINT service_account_secrets_pkey PRIMARY KEY (organisation_id, service_account_id, id);

ALTER TABLE ONLY public.service_accounts
    ADD CONSTRAINT service_accounts_pkey PRIMARY KEY (organisation_id, id);

ALTER TABLE ONLY public.setting_rollouts
    ADD CONSTRAINT setting_rollouts_pkey PRIMARY KEY (organisation_id, setting);

ALTER TABLE ONLY public.settlements
    ADD CONSTRAINT settlements_pkey PRIMARY KEY (organisation_id, decision_id);

ALTER TABLE ONLY public.stakeholder_groups
    ADD CONSTRAINT stakeholder_groups_pkey PRIMARY KEY (organisation_id, decision_id, key);

ALTER TABLE ONLY public.stakeholders
    ADD CONSTRAINT stakeholders_pkey PRIMARY KEY (organisation_id, decision_id, member_id);

ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_pkey PRIMARY KEY (organisation_id, team_id, member_id);

ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_pkey PRIMARY KEY (organisation_id, id);

CREATE INDEX areas_name_idx ON public.areas USING btree (organisation_id, name, id);

CREATE INDEX areas_path_idx ON public.areas USING gin (path);

CREATE INDEX audit_log_resource_id_idx ON public.audit_log USING btree (organisation_id, resource_id, id);

CREATE INDEX change_sets_retry_at_idx ON public.change_sets USING btree (retry_at) WHERE (retry_at IS NOT NULL);

CREATE INDEX change_sets_reverses_idx ON public.change_sets USING btree (organisation_id, reverses);

CREATE UNIQUE INDEX decision_links_continues_key ON public.decision_links USING btree (organisation_id, linked_id) WHERE (type = 'continues'::text);

CREATE INDEX decision_links_decision_id_idx ON public.decision_links USING btree (organisation_id, decision_id, id);

CREATE INDEX decision_links_linked_id_idx ON public.decision_links USING btree (organisation_id, linked_id, id);

CREATE INDEX decision_options_proposer_id_idx ON public.decision_options USING btree (organisation_id, proposer_id);

CREATE INDEX decision_search_document_idx ON public.decision_search USING gin (document);

CREATE INDEX decisions_area_id_idx ON public.decisions USING btree (organisation_id, area_id, id);

CREATE INDEX decisions_due_at_idx ON public.decisions USING btree (organisation_id, COALESCE(phase_due_at, due_at, 'infinity'::timestamp with time zone), id);

CREATE INDEX decisions_framework_id_idx ON public.decisions USING btree (organisation_id, framework_id, id);

CREATE INDEX decisions_phase_due_at_idx ON public.decisions USING btree (phase_due_at) WHERE (status = 'open'::text);

CREATE INDEX decisions_proposer_id_idx ON public.decisions USING btree (organisation_id, proposer_id, id);

CREATE INDEX decisions_remind_at_idx ON public.decisions USING btree (remind_at) WHERE (remind_at IS NOT NULL);

CREATE INDEX decisions_review_at_idx ON public.decisions USING btree (organisation_id, proposer_id, review_at, id) WHERE (review_at IS NOT NULL);

CREATE INDEX decisions_status_idx ON public.decisions USING btree (organisation_id, status, id);

CREATE INDEX decisions_team_id_idx ON public.decisions USING btree (organisation_id, team_id, id);

CREATE INDEX delegation_level_history_area_id_idx ON public.delegation_level_history USING btree (organisation_id, area_id);

CREATE INDEX delegation_levels_area_id_idx ON public.delegation_levels USING btree (organisation_id, area_id);

CREATE INDEX delegation_levels_delegator_id_idx ON public.delegation_levels USING btree (organisation_id, delegator_id);

CREATE INDEX idempotency_keys_created_at_idx ON public.idempotency_keys USING btree (created_at);

CREATE INDEX job_claims_job_id_idx ON public.job_claims USING btree (job_id);

CREATE INDEX jobs_created_at_idx ON public.jobs USING btree (created_at);

CREATE INDEX members_display_name_idx ON public.members USING btree (organisation_id, display_name, id);

CREATE UNIQUE INDEX members_email_idx ON public.members USING btree (organisation_id, lower(email)) WHERE ((status = 'invited'::text) AND (person_id IS NULL));

CREATE INDEX members_invited_email_idx ON public.members USING btree (lower(email)) WHERE ((status = 'invited'::text) AND (person_id IS NULL));

CREATE INDEX members_known_email_idx ON public.members USING btree (organisation_id, lower(email));

CREATE INDEX members_person_id_idx ON public.members USING btree (person_id);

CREATE INDEX organisation_names_organisation_id_idx ON public.organisation_names USING btree (organisation_id);

CREATE INDEX proxies_area_id_idx ON public.proxies USING btree (organisation_id, area_id);

CREATE INDEX proxies_decision_id_idx ON public.proxies USING btree (organisation_id, decision_id);

CREATE INDEX proxies_id_idx ON public.proxies USING btree (organisation_id, id);

CREATE INDEX proxies_team_id_idx ON public.proxies USING btree (organisation_id, team_id);

CREATE INDEX proxies_trustee_id_idx ON public.proxies USING btree (organisation_id, trustee_id);

CREATE INDEX setting_rollouts_due_at_idx ON public.setting_rollouts USING btree (due_at);

CREATE INDEX stakeholder_groups_team_id_idx ON public.stakeholder_groups USING btree (organisation_id, team_id);

CREATE INDEX stakeholders_member_id_idx ON public.stakeholders USING btree (organisation_id, member_id, decision_id);

CREATE INDEX team_members_member_id_idx ON public.team_members USING btree (organisation_id, member_id, team_id);

CREATE INDEX teams_name_idx ON public.teams USING btree (organisation_id, name, id);

CREATE INDEX teams_parent_id_idx ON public.teams USING btree (organisation_id, parent_id, id);

CREATE INDEX teams_path_idx ON public.teams USING gin (path);

ALTER TABLE ONLY public.areas
    ADD CONSTRAINT areas_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(organisation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.areas
    ADD CONSTRAINT areas_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES public.areas(organisation_id, id);

ALTER TABLE ONLY public.ballots
    ADD CONSTRAINT ballots_stakeholder_fkey FOREIGN KEY (organisation_id, decision_id, member_id) REFERENCES public.stakeholders(organisation_id, decision_id, member_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.change_sets
    ADD CONSTRAINT change_sets_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.change_sets
    ADD CONSTRAINT change_sets_reverses_fkey FOREIGN KEY (organisation_id, reverses) REFERENCES public.decisions(organisation_id, id);

ALTER TABLE ONLY public.decision_links
    ADD CONSTRAINT decision_links_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_links
    ADD CONSTRAINT decision_links_linked_id_fkey FOREIGN KEY (organisation_id, linked_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_options
    ADD CONSTRAINT decision_options_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_options
    ADD CONSTRAINT decision_options_proposer_id_fkey FOREIGN KEY (organisation_id, proposer_id) REFERENCES public.members(organisation_id, id);

ALTER TABLE ONLY public.decision_proxies
    ADD CONSTRAINT decision_proxies_truster_id_fkey FOREIGN KEY (organisation_id, decision_id, truster_id) REFERENCES public.stakeholders(organisation_id, decision_id, member_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_revisions
    ADD CONSTRAINT decision_revisions_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_search
    ADD CONSTRAINT decision_search_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_area_id_fkey FOREIGN KEY (organisation_id, area_id) REFERENCES public.areas(organisation_id, id);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_framework_id_fkey FOREIGN KEY (organisation_id, framework_id, framework_version) REFERENCES public.framework_versions(organisation_id, framework_id, number);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(organisation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_proposer_id_fkey FOREIGN KEY (organisation_id, proposer_id) REFERENCES public.members(organisation_id, id);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_team_id_fkey FOREIGN KEY (organisation_id, team_id) REFERENCES public.teams(organisation_id, id);

ALTER TABLE ONLY public.delegation_level_history
    ADD CONSTRAINT delegation_level_history_area_id_fkey FOREIGN KEY (organisation_id, area_id) REFERENCES public.areas(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.delegation_level_history
    ADD CONSTRAINT delegation_level_history_team_id_fkey FOREIGN KEY (organisation_id, team_id) REFERENCES public.teams(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.delegation_levels
    ADD CONSTRAINT delegation_levels_area_id_fkey FOREIGN KEY (organisation_id, area_id) REFERENCES public.areas(organisation_id, id);

ALTER TABLE ONLY public.delegation_levels
    ADD CONSTRAINT delegation_levels_delegator_id_fkey FOREIGN KEY (organisation_id, delegator_id) REFERENCES public.members(organisation_id, id);

ALTER TABLE ONLY public.delegation_levels
    ADD CONSTRAINT delegation_levels_team_id_fkey FOREIGN KEY (organisation_id, team_id) REFERENCES public.teams(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.framework_versions
    ADD CONSTRAINT framework_versions_framework_id_fkey FOREIGN KEY (organisation_id, framework_id) REFERENCES public.frameworks(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.frameworks
    ADD CONSTRAINT frameworks_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(organisation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.inputs
    ADD CONSTRAINT inputs_stakeholder_fkey FOREIGN KEY (organisation_id, decision_id, member_id) REFERENCES public.stakeholders(organisation_id, decision_id, member_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(organisation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_role_fkey FOREIGN KEY (organisation_id, role_kind, role) REFERENCES public.roles(organisation_id, kind, key);

ALTER TABLE ONLY public.outcomes
    ADD CONSTRAINT outcomes_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.past_proxies
    ADD CONSTRAINT past_proxies_truster_id_fkey FOREIGN KEY (organisation_id, truster_id) REFERENCES public.members(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_area_id_fkey FOREIGN KEY (organisation_id, area_id) REFERENCES public.areas(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_team_id_fkey FOREIGN KEY (organisation_id, team_id) REFERENCES public.teams(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_trustee_id_fkey FOREIGN KEY (organisation_id, trustee_id) REFERENCES public.members(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proxies
    ADD CONSTRAINT proxies_truster_id_fkey FOREIGN KEY (organisation_id, truster_id) REFERENCES public.members(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(organisation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.secret_ballots
    ADD CONSTRAINT secret_ballots_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.secret_voters
    ADD CONSTRAINT secret_voters_stakeholder_fkey FOREIGN KEY (organisation_id, decision_id, member_id) REFERENCES public.stakeholders(organisation_id, decision_id, member_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_account_secrets
    ADD CONSTRAINT service_account_secrets_service_account_id_fkey FOREIGN KEY (organisation_id, service_account_id) REFERENCES public.service_accounts(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_accounts
    ADD CONSTRAINT service_accounts_member_id_fkey FOREIGN KEY (organisation_id, member_id) REFERENCES public.members(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.setting_rollouts
    ADD CONSTRAINT setting_rollouts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(organisation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.settlements
    ADD CONSTRAINT settlements_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stakeholder_groups
    ADD CONSTRAINT stakeholder_groups_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stakeholder_groups
    ADD CONSTRAINT stakeholder_groups_team_id_fkey FOREIGN KEY (organisation_id, team_id) REFERENCES public.teams(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stakeholders
    ADD CONSTRAINT stakeholders_decision_id_fkey FOREIGN KEY (organisation_id, decision_id) REFERENCES public.decisions(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stakeholders
    ADD CONSTRAINT stakeholders_member_id_fkey FOREIGN KEY (organisation_id, member_id) REFERENCES public.members(organisation_id, id);

ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_member_id_fkey FOREIGN KEY (organisation_id, member_id) REFERENCES public.members(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_role_fkey FOREIGN KEY (organisation_id, role_kind, role) REFERENCES public.roles(organisation_id, kind, key);

ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_team_id_fkey FOREIGN KEY (organisation_id, team_id) REFERENCES public.teams(organisation_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(organisation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES public.teams(organisation_id, id);

GRANT USAGE ON SCHEMA public TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.members TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organisation_names TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organisations TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.roles TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.decisions TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.teams TO cohelm_service;

GRANT SELECT,INSERT ON TABLE public.audit_log TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.areas TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delegation_levels TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.team_members TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.current_team_members TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stakeholder_groups TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stakeholders TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.people TO cohelm_service;

GRANT SELECT ON TABLE public.event_epochs TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.proxies TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_account_secrets TO cohelm_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.audit_chains TO cohelm_service;

GRANT SELECT,INSERT ON TABLE public.audit_links TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ballots TO cohelm_service;

GRANT SELECT ON TABLE public.built_in_frameworks TO cohelm_service;

GRANT SELECT ON TABLE public.built_in_roles TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.calendar_feeds TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.change_sets TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.decision_links TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.decision_options TO cohelm_service;

GRANT SELECT,INSERT ON TABLE public.decision_proxies TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.decision_revisions TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.decision_search TO cohelm_service;

GRANT SELECT,INSERT ON TABLE public.delegation_level_history TO cohelm_service;

GRANT SELECT ON TABLE public.delegation_meanings TO cohelm_service;

GRANT SELECT,INSERT ON TABLE public.events TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.framework_versions TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.frameworks TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inputs TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.job_claims TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outcomes TO cohelm_service;

GRANT SELECT,INSERT ON TABLE public.past_proxies TO cohelm_service;

GRANT SELECT ON TABLE public.permissions TO cohelm_service;

GRANT SELECT ON TABLE public.schema_migrations TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secret_ballots TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secret_voters TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_accounts TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.setting_rollouts TO cohelm_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.settlements TO cohelm_service;

