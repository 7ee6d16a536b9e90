-- All that is known of the decision: what the record is made of, and what is sealed when it closes. How secret ballots fell shows once the
-- decision is closed and three have voted. Audit rows of inputs and open ballots show by their digests only: their data stands in the
-- record as far as it may be seen; so do those that name other decisions, which may be hidden. An input that is hidden from others is
-- missing for everybody, so that there is one record.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 with_trail
-- result: one
select
    d.id, d.organisation_id, d.team_id, t.name as team_name, d.area_id, e.name as area_name, d.delegation, d.title, r.text, d.proposer_id, m.display_name as proposer_name,
    d.framework_id, f.key as framework_key, f.name as framework_name, d.framework_version,
    coalesce(d.definition, v.definition) as definition, d.configuration, d.secret, d.status, d.phase, d.round, d.revision,
    d.due_at, d.opened_at, d.phase_started_at, d.phase_due_at, d.closed_at, d.review_at, d.outcome, c.winners, c.rationale, c.closed_by, c.follow_up_id,
    (
        select coalesce(jsonb_agg(jsonb_build_object('key', o.key, 'title', o.title, 'description', o.description,
            'pros', o.pros, 'cons', o.cons, 'proposer_id', o.proposer_id, 'position', o.position) order by o.position, o.key), '[]')
        from decision_options o
        where o.organisation_id = d.organisation_id and o.decision_id = d.id
    ) as options,
    (
        select coalesce(jsonb_agg(jsonb_build_object('member_id', s.member_id, 'display_name', x.display_name,
            'roles', s.roles, 'level', s.level, 'weight', s.weight, 'notified_at', utc_text(s.notified_at), 'left_at', utc_text(s.left_at))
            order by s.member_id), '[]')
        from stakeholders s
        join members x on x.organisation_id = s.organisation_id and x.id = s.member_id
        where s.organisation_id = d.organisation_id and s.decision_id = d.id
    ) as stakeholders,
    (
        select jsonb_agg(jsonb_build_object('number', n.number, 'title', n.title, 'text', n.text, 'note', n.note,
            'author_id', n.author_id, 'created_at', utc_text(n.created_at)) order by n.number)
        from decision_revisions n
        where n.organisation_id = d.organisation_id and n.decision_id = d.id
    ) as revisions,
    coalesce(i.inputs, '[]') as inputs, coalesce(i.late_inputs, '[]') as late_inputs,
    case
        when not d.secret then (
            select coalesce(jsonb_agg(jsonb_build_object('member_id', b.member_id, 'revision', b.revision, 'ballot', b.ballot,
                'cast_at', utc_text(b.cast_at)) order by b.revision, b.member_id), '[]')
            from ballots b
            where b.organisation_id = d.organisation_id and b.decision_id = d.id
                and (d.outcome is not null or d.definition #>> '{rule,results}' is distinct from 'closed')
        )
        when d.outcome is not null and p.shown then (
            select jsonb_agg(jsonb_build_object('revision', d.revision, 'ballot', b.ballot, 'count', b.count) order by b.ballot::text)
            from (
                select s.ballot, sum(s.weight * s.count) as count
                from secret_ballots s
                where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision = d.revision
                group by s.ballot
            ) b
        )
    end as ballots,
    case when not d.secret then (
        select coalesce(jsonb_agg(jsonb_build_object('truster_id', y.truster_id, 'trustee_id', y.trustee_id, 'voter_id', y.voter_id,
            'hops', y.hops, 'ending', y.ending, 'given_at', utc_text(y.given_at)) order by y.truster_id), '[]')
        from decision_proxies y
        where y.organisation_id = d.organisation_id and y.decision_id = d.id
    ) end as proxies,
    (
        select coalesce(jsonb_agg(jsonb_build_object('revision', h.revision, 'changes', h.changes, 'author_id', h.author_id)
            order by h.revision), '[]')
        from change_sets h
        where h.organisation_id = d.organisation_id and h.decision_id = d.id
    ) as change_sets,
    case when p.shown then c.count_report::json end as count_report,
    (
        select coalesce(jsonb_agg(jsonb_build_object('number', k.number, 'content', case
            when l.action in ('decision.created', 'decision.updated', 'decision.opened', 'decision.phase_started', 'decision.revised',
                'decision.closed', 'decision.sealed', 'decision_option.added', 'decision_option.updated', 'decision_option.removed',
                'stakeholder.added', 'stakeholder.updated', 'stakeholder.removed')
                and not l.data ?| array['reopens', 'continues']
            then audit_content(l) end, 'digest', encode(audit_digest(l), 'hex'), 'hash', encode(k.hash, 'hex')) order by k.number), '[]')
        from audit_links k
        join audit_log l on l.organisation_id = k.organisation_id and l.id = k.audit_id
        where k.organisation_id = d.organisation_id and k.resource_id = d.id and $3::boolean
    ) as trail
from decisions d
join frameworks f on f.organisation_id = d.organisation_id and f.id = d.framework_id
join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
join members m on m.organisation_id = d.organisation_id and m.id = d.proposer_id
left join teams t on t.organisation_id = d.organisation_id and t.id = d.team_id
left join areas e on e.organisation_id = d.organisation_id and e.id = d.area_id
left join framework_versions v on v.organisation_id = d.organisation_id and v.framework_id = d.framework_id
    and v.number = d.framework_version
left join outcomes c on c.organisation_id = d.organisation_id and c.decision_id = d.id
cross join lateral (
    select not d.secret or count(*) >= 3 as shown
    from secret_voters b
    where b.organisation_id = d.organisation_id and b.decision_id = d.id and b.revision = d.revision
) p
cross join lateral (
    select jsonb_agg(jsonb_build_object('id', i.id, 'member_id', i.member_id,
        'display_name', x.display_name, 'type', i.type, 'phase', i.phase, 'round', i.round, 'revision', i.revision,
        'subject', nullif(i.subject_id, '00000000-0000-0000-0000-000000000000'), 'data', i.data,
        'created_at', utc_text(i.created_at)) order by i.id) filter (where i.phase <> 'review') as inputs,
        jsonb_agg(jsonb_build_object('id', i.id, 'member_id', i.member_id, 'display_name', x.display_name, 'type', i.type,
            'revision', i.revision, 'data', i.data, 'created_at', utc_text(i.created_at)) order by i.id)
            filter (where i.phase = 'review') as late_inputs
    from inputs i
    join members x on x.organisation_id = i.organisation_id and x.id = i.member_id
    where i.organisation_id = d.organisation_id and i.decision_id = d.id
        and input_shown(i.hidden, i.member_id, null, i.revision, i.round, i.phase, d)
) i
where d.organisation_id = $1 and d.id = $2;
