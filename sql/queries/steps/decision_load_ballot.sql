-- As decision_load, but only what a ballot needs while others are missing: the member who casts it, and a few of those who may vote and have
-- not, from somebody on and then from the beginning, so that few have to be looked at. Whether they count the engine says.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 value 3 from
-- $5 value 4 most
-- result: one
select d.proposer_id, d.status, d.phase, d.round, d.revision, d.outcome, d.due_at, d.opened_at, null::jsonb as configuration,
    d.phase_started_at, d.phase_due_at, d.closed_at, coalesce(d.definition, v.definition) as definition, clock_timestamp() as now,
    e.electors, o.options, null::json as inputs, b.ballots, null::timestamptz as changed_at, null::json as proxies
from decisions d
left join framework_versions v on d.definition is null and v.organisation_id = d.organisation_id
    and v.framework_id = d.framework_id and v.number = d.framework_version
cross join lateral (
    select array(
        select jsonb_array_elements_text(p -> 'ballots')
        from jsonb_array_elements(d.definition -> 'phases') p
        where p ->> 'key' = d.phase
    ) as roles
) p
cross join lateral (
    with following as materialized (
        select s.member_id, s.roles, s.weight, s.notified_at
        from stakeholders s
        where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id > $4 and s.roles && p.roles
            and (
                select b.member_id
                from ballots b
                where b.organisation_id = s.organisation_id and b.decision_id = s.decision_id and b.member_id = s.member_id
                    and b.revision = d.revision
            ) is null
            and (
                select x.member_id
                from secret_voters x
                where x.organisation_id = s.organisation_id and x.decision_id = s.decision_id and x.member_id = s.member_id
                    and x.revision = d.revision
            ) is null
        order by s.member_id
        limit $5::bigint
    ),
    first as materialized (
        select s.member_id, s.roles, s.weight, s.notified_at
        from stakeholders s
        where not exists (select from following)
            and s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id < $4 and s.roles && p.roles
            and (
                select b.member_id
                from ballots b
                where b.organisation_id = s.organisation_id and b.decision_id = s.decision_id and b.member_id = s.member_id
                    and b.revision = d.revision
            ) is null
            and (
                select x.member_id
                from secret_voters x
                where x.organisation_id = s.organisation_id and x.decision_id = s.decision_id and x.member_id = s.member_id
                    and x.revision = d.revision
            ) is null
        order by s.member_id
        limit $5::bigint
    )
    select json_agg(json_build_array(s.member_id, s.roles, s.weight, s.notified_at is not null, s.voted, (
        select m.status = 'left'
        from members m
        where m.organisation_id = d.organisation_id and m.id = s.member_id
    ), null, 0, false)) as electors
    from (
        select s.member_id, s.roles, s.weight, s.notified_at, x.member_id is not null as voted
        from stakeholders s
        left join secret_voters x on x.organisation_id = s.organisation_id and x.decision_id = s.decision_id
            and x.member_id = s.member_id and x.revision = d.revision
        where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = $3
        union all
        select f.member_id, f.roles, f.weight, f.notified_at, false
        from following f
        where f.member_id <> $3
        union all
        select f.member_id, f.roles, f.weight, f.notified_at, false
        from first f
        where f.member_id <> $3
    ) s
) e
cross join lateral (
    select json_agg(json_build_array(o.key, o.title, o.proposer_id, cardinality(o.pros) > 0 and cardinality(o.cons) > 0)
        order by o.position, o.key) as options
    from decision_options o
    where o.organisation_id = d.organisation_id and o.decision_id = d.id
) o
cross join lateral (
    select json_agg(json_build_array(b.member_id, b.ballot, 0, 1)) as ballots
    from ballots b
    where b.organisation_id = d.organisation_id and b.decision_id = d.id and b.member_id = $3 and b.revision = d.revision
) b
where d.organisation_id = $1 and d.id = $2;
