-- The decision, the caller's stakeholder, and the permissions that the caller's offices give.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select a._status, case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
    d.organisation_id, d.id, a.member_id, s.roles, array(
        select unnest(r.permissions)
        from roles r
        where r.organisation_id = a.organisation_id and r.kind = 'organisation' and r.key = a.role
        union
        select unnest(r.permissions)
        from teams t
        join current_team_members tm on tm.organisation_id = t.organisation_id and tm.team_id = any (t.path)
            and tm.member_id = a.member_id
        join roles r on r.organisation_id = tm.organisation_id and r.kind = 'team' and r.key = tm.role
        where t.organisation_id = d.organisation_id and t.id = d.team_id
        union
        select unnest(b.permissions)
        from built_in_roles b
        where d.status = 'draft' and b.kind = 'decision'
            and (b.key = any (s.roles) or (b.key = 'proposer' and d.proposer_id = a.member_id))
    ) as permissions
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
left join stakeholders s on s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = a.member_id;
