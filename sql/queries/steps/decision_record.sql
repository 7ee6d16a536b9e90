-- All that is known of the decision but its longer lists, which are read in slices (decision_record_*.sql) and stand here as null, or with
-- nothing in them: what the record is made of, and what is sealed when it closes. How secret ballots fell shows once the decision is closed
-- and three have voted.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
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
    null::jsonb as stakeholders,
    (
        select jsonb_agg(jsonb_build_object('number', n.number, 'title', n.title, 'text', n.text, 'note', n.note,
            'author_id', n.author_id, 'created_at', utc_text(n.created_at)) order by n.number)
        from decision_revisions n
        where n.organisation_id = d.organisation_id and n.decision_id = d.id
    ) as revisions,
    null::jsonb as inputs, null::jsonb as late_inputs,
    case
        when d.secret and d.outcome is not null and p.shown then (
            select jsonb_agg(jsonb_build_object('revision', d.revision, 'ballot', b.ballot, 'count', b.count) order by b.ballot::text)
            from (
                select s.ballot, sum(s.weight * s.count) as count
                from secret_ballots s
                where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision = d.revision
                group by s.ballot
            ) b
        )
    end as ballots,
    null::jsonb as proxies,
    (
        select coalesce(jsonb_agg(jsonb_build_object('revision', h.revision, 'changes', h.changes, 'author_id', h.author_id)
            order by h.revision), '[]')
        from change_sets h
        where h.organisation_id = d.organisation_id and h.decision_id = d.id
    ) as change_sets,
    case when p.shown then c.count_report::json end as count_report,
    '[]'::jsonb as trail
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
where d.organisation_id = $1 and d.id = $2;
