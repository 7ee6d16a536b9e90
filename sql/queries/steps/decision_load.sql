-- Everything that decides about the decision, and the time. Runs after the lock, so that it sees what was stored before it. Of a closed
-- decision it is what was counted who had left. A draft has those whom its groups take in today. The configuration says of a draft what its
-- `secret` does. `limit 1` keeps what is looked up for an elector a look-up: joins that are planned while a table is small would compare all
-- with all.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- result: one
select d.proposer_id, d.status, d.phase, d.round, d.revision, d.outcome, d.due_at, d.opened_at, case
        when d.secret = (coalesce(d.configuration #> '{rule,secret}', v.definition #> '{rule,secret}') is not distinct from 'true')
            then d.configuration
        else merge_patch(d.configuration, jsonb_build_object('rule', jsonb_build_object('secret', d.secret)))
    end as configuration, d.phase_started_at, d.phase_due_at, d.closed_at, coalesce(d.definition, v.definition) as definition,
    clock_timestamp() as now, coalesce(e.electors, f.electors) as electors, o.options, i.inputs,
    coalesce(b.ballots, c.ballots) as ballots, b.changed_at, p.proxies
from decisions d
left join framework_versions v on d.definition is null and v.organisation_id = d.organisation_id
    and v.framework_id = d.framework_id and v.number = d.framework_version
left join teams t on t.organisation_id = d.organisation_id and t.id = d.team_id
left join areas r on r.organisation_id = d.organisation_id and r.id = d.area_id
cross join lateral (
    select json_agg(json_build_array(s.member_id, s.roles, s.weight, s.notified_at is not null,
        x.member_id is not null or y.truster_id is not null,
        case when d.closed_at is null then m.status = 'left' else s.left_at is not null end, y.voter_id,
        (extract(epoch from coalesce(s.left_at, m.ended_at)) * 1000000)::bigint, s.level = 'affected') order by s.member_id) as electors
    from stakeholders s
    cross join lateral (
        select a.status, a.ended_at
        from members a
        where a.organisation_id = s.organisation_id and a.id = s.member_id
        limit 1
    ) m
    left join lateral (
        select v.member_id
        from secret_voters v
        where v.organisation_id = s.organisation_id and v.decision_id = s.decision_id and v.revision = d.revision
            and v.member_id = s.member_id
        limit 1
    ) x on true
    left join lateral (
        select c.truster_id, c.voter_id
        from decision_proxies c
        where d.secret and c.organisation_id = s.organisation_id and c.decision_id = s.decision_id and c.truster_id = s.member_id
        limit 1
    ) y on true
    where d.status <> 'draft' and s.organisation_id = d.organisation_id and s.decision_id = d.id
) e
cross join lateral (
    select json_agg(json_build_array(s.member_id, s.roles, s.weight, false, false, (
        select m.status = 'left'
        from members m
        where m.organisation_id = d.organisation_id and m.id = s.member_id
    ), null, 0, s.level = 'affected') order by s.member_id) as electors
    from electorate_of(d.organisation_id, d.id) s
    where d.status = 'draft'
) f
cross join lateral (
    select json_agg(json_build_array(o.key, o.title, o.proposer_id, cardinality(o.pros) > 0 and cardinality(o.cons) > 0)
        order by o.position, o.key) as options
    from decision_options o
    where o.organisation_id = d.organisation_id and o.decision_id = d.id
) o
cross join lateral (
    select json_agg(json_build_array(i.id, i.member_id, i.type, i.phase, i.round,
        nullif(i.subject_id, '00000000-0000-0000-0000-000000000000'), i.data,
        (extract(epoch from i.created_at) * 1000000)::bigint) order by i.id) as inputs
    from inputs i
    where i.organisation_id = d.organisation_id and i.decision_id = d.id and i.revision = d.revision
) i
cross join lateral (
    select json_agg(json_build_array(b.member_id, b.ballot, 0, 1) order by b.member_id) as ballots, max(b.cast_at) as changed_at
    from ballots b
    where b.organisation_id = d.organisation_id and b.decision_id = d.id and b.revision = d.revision
) b
cross join lateral (
    select json_agg(json_build_array(null, b.ballot, b.weight, b.count) order by b.weight, b.hash) as ballots
    from secret_ballots b
    where b.organisation_id = d.organisation_id and b.decision_id = d.id and b.revision = d.revision
) c
cross join lateral (
    select array[d.organisation_id] || coalesce(t.path, '{}') || coalesce(r.path, '{}') || d.id as scopes,
        coalesce(d.definition #> '{rule,proxy,allowed}', d.configuration #> '{rule,proxy,allowed}', v.definition #> '{rule,proxy,allowed}')
            is not distinct from 'true' and d.outcome is null as allowed
) w
cross join lateral (
    select json_agg(json_build_array(p.truster_id, p.trustee_id, p.scope, (extract(epoch from p.began_at) * 1000000)::bigint,
        (extract(epoch from p.ended_at) * 1000000)::bigint)) as proxies
    from (
        select y.truster_id, y.trustee_id, array_position(w.scopes, y.scope_id) as scope, y.updated_at as began_at, y.expires_at as ended_at
        from stakeholders s
        join proxies y on y.organisation_id = s.organisation_id and y.truster_id = s.member_id and y.scope_id = any (w.scopes)
        where w.allowed and s.organisation_id = d.organisation_id and s.decision_id = d.id
        union all
        select y.truster_id, y.trustee_id, array_position(w.scopes, y.scope_id), y.began_at, y.ended_at
        from stakeholders s
        join past_proxies y on y.organisation_id = s.organisation_id and y.truster_id = s.member_id and y.scope_id = any (w.scopes)
            and y.ended_at > d.phase_started_at
        where w.allowed and s.organisation_id = d.organisation_id and s.decision_id = d.id
        union all
        select y.truster_id, y.trustee_id, 0, y.given_at, null
        from decision_proxies y
        where d.outcome is not null and not d.secret and y.organisation_id = d.organisation_id and y.decision_id = d.id
    ) p
) p
where d.organisation_id = $1 and d.id = $2;
