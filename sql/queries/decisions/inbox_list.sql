-- What waits for the caller in all organisations, by when it is due: open decisions, for what service/decide/ says (view_owes; the tests hold
-- both against each other in every phase of every framework), and decisions in force whose review is due, for their proposer and facilitator.
-- $1 principal
-- $2 limit
-- $3 cursor 0
-- $4 cursor 1
-- $5 query organisation_id
-- $6 query due_before
-- cursor: _due, decision_id
-- result: list
select l.*
from (values (1)) one
left join lateral (
    select coalesce(d.phase_due_at, 'infinity')::text as _due,
        case when d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
        d.organisation_id, o.name as organisation_name, d.id as decision_id, d.title, d.secret, d.phase, d.round, d.revision,
        s.roles, w.expected, d.phase_due_at as due_at
    from members m
    join roles r on r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
        and 'decision.read' = any (r.permissions)
    join organisations o on o.organisation_id = m.organisation_id
    join stakeholders s on s.organisation_id = m.organisation_id and s.member_id = m.id
    join decisions d on d.organisation_id = s.organisation_id and d.id = s.decision_id and d.status = 'open'
    cross join lateral (
        select p.phase, p.number, d.proposer_id = m.id and d.definition #> '{rule,proposer_votes}' = 'false' as shut_out
        from jsonb_array_elements(d.definition -> 'phases') with ordinality p (phase, number)
        where p.phase ->> 'key' = d.phase
    ) p
    cross join lateral (
        select array_agg(k.phase ->> 'key') as keys
        from jsonb_array_elements(d.definition -> 'phases') with ordinality k (phase, number)
        where k.number < (
            select coalesce(min(t.number), 2147483647)
            from jsonb_array_elements(d.definition -> 'phases') with ordinality t (phase, number)
            join jsonb_array_elements(d.definition -> 'phases') u (phase) on u.phase ->> 'back' = t.phase ->> 'key'
        )
    ) kept
    cross join lateral (
        select array_agg(b.role) as by
        from jsonb_array_elements(d.definition -> 'phases') k (phase)
        cross join jsonb_array_elements(k.phase -> 'inputs') i (demand)
        cross join jsonb_array_elements_text(i.demand -> 'by') b (role)
        where d.definition #>> '{rule,method}' = 'advice' and i.demand ->> 'type' = 'decision'
    ) advised
    cross join lateral (
        select array_agg(distinct e.what) as expected
        from (
            select 'ballot' as what
            where p.phase -> 'ballots' ?| s.roles and p.shut_out is not true
                and not exists (
                    select from ballots b
                    where b.organisation_id = d.organisation_id and b.decision_id = d.id and b.member_id = m.id
                        and b.revision = d.revision
                )
                and not exists (
                    select from secret_voters v
                    where v.organisation_id = d.organisation_id and v.decision_id = d.id and v.member_id = m.id
                        and v.revision = d.revision
                )
                and not (d.secret and exists (
                    select from decision_proxies y
                    where y.organisation_id = d.organisation_id and y.decision_id = d.id and y.truster_id = m.id
                ))
            union all
            select i.demand ->> 'type'
            from jsonb_array_elements(p.phase -> 'inputs') i (demand)
            where i.demand -> 'required' = 'true' and i.demand ->> 'on' is null and i.demand -> 'by' ?| s.roles
                and (i.demand -> 'to' is null or exists (
                    select from stakeholders t
                    where t.organisation_id = d.organisation_id and t.decision_id = d.id and i.demand -> 'to' ?| t.roles
                ))
                and (i.demand ->> 'type' <> 'advice' or advised.by is null or not s.roles && advised.by)
                and (p.shut_out is not true or i.demand ->> 'type' not in ('consent', 'concern', 'objection', 'agree', 'reservations',
                    'stand_aside', 'abstain', 'block', 'plus_one', 'zero', 'minus_one'))
                and not exists (
                    select from inputs x
                    where x.organisation_id = d.organisation_id and x.decision_id = d.id and x.revision = d.revision
                        and x.round = d.round and x.phase = d.phase and x.member_id = m.id and x.subject_id = '00000000-0000-0000-0000-000000000000'
                )
            union all
            select i.demand ->> 'type'
            from jsonb_array_elements(p.phase -> 'inputs') i (demand)
            join inputs q on q.organisation_id = d.organisation_id and q.decision_id = d.id and q.revision = d.revision
                and q.subject_id = '00000000-0000-0000-0000-000000000000' and q.type = i.demand ->> 'on'
                and (q.round = d.round or q.phase = any (kept.keys)) and q.phase <> 'review'
            where i.demand -> 'required' = 'true' and i.demand -> 'by' ?| s.roles
                and (i.demand ->> 'type' <> 'response' or not exists (
                    select from stakeholders y
                    where y.organisation_id = q.organisation_id and y.decision_id = q.decision_id and y.member_id = q.member_id
                        and y.roles && advised.by
                ))
                and (i.demand ->> 'type' <> 'ruling' or (d.definition #>> '{rule,objection_test}' = 'holacracy'
                    and trim(coalesce(q.data ->> 'policy_broken', ''), E' \t\r\n') = ''))
                and not exists (
                    select from inputs x
                    where x.organisation_id = q.organisation_id and x.decision_id = q.decision_id and x.revision = q.revision
                        and x.subject_id = q.id and x.type = i.demand ->> 'type' and x.created_at >= q.created_at
                )
            union all
            select 'declaration'
            from jsonb_array_elements(p.phase -> 'inputs') i (demand)
            where i.demand ->> 'type' = 'declaration' and i.demand -> 'by' ?| s.roles
                and coalesce((d.definition #>> '{rule,min_affected}')::integer, 1) > 0
                and not exists (
                    select from inputs x
                    where x.organisation_id = d.organisation_id and x.decision_id = d.id and x.revision = d.revision
                        and x.type = 'declaration'
                )
                and not exists (
                    select from stakeholders y
                    join members z on z.organisation_id = y.organisation_id and z.id = y.member_id
                    where y.organisation_id = d.organisation_id and y.decision_id = d.id and not y.roles && advised.by
                        and exists (
                            select from jsonb_array_elements(d.definition -> 'phases') k (phase)
                            cross join jsonb_array_elements(k.phase -> 'inputs') a (demand)
                            where a.demand ->> 'type' = 'advice' and a.demand -> 'by' ?| y.roles
                        )
                        and (y.level = 'affected' or exists (
                            select from jsonb_array_elements(d.definition -> 'roles') k
                            where k ->> 'tag' = 'affected' and k ->> 'key' = any (y.roles)
                        ))
                        and (z.status <> 'left' or exists (
                            select from inputs x
                            where x.organisation_id = d.organisation_id and x.decision_id = d.id and x.revision = d.revision
                                and x.member_id = y.member_id and x.type = 'advice' and x.phase <> 'review'
                        ))
                )
            union all
            select 'revision'
            from jsonb_array_elements(d.definition -> 'phases') with ordinality b (phase, number)
            where b.phase ->> 'key' = p.phase ->> 'revise' and b.number < p.number
                and exists (
                    select from jsonb_array_elements(d.definition -> 'roles') k
                    where k -> 'may' ? 'revise' and k ->> 'key' = any (s.roles)
                )
                and d.round < coalesce((d.definition #>> '{rule,max_rounds}')::integer, 2147483647)
                and not exists (
                    select from jsonb_array_elements(p.phase -> 'inputs') i (demand)
                    join stakeholders y on y.organisation_id = d.organisation_id and y.decision_id = d.id
                        and i.demand -> 'by' ?| y.roles
                    join members z on z.organisation_id = y.organisation_id and z.id = y.member_id and z.status <> 'left'
                    where i.demand -> 'required' = 'true' and i.demand ->> 'on' is null
                        and not exists (
                            select from inputs x
                            where x.organisation_id = d.organisation_id and x.decision_id = d.id and x.revision = d.revision
                                and x.phase = d.phase and x.member_id = y.member_id
                                and x.subject_id = '00000000-0000-0000-0000-000000000000'
                        )
                )
        ) e
    ) w
    where m.person_id = ($1::principal).person_id and m.status = 'active' and w.expected is not null
        and (($1::principal).organisation_id is null or ($1::principal).organisation_id = m.organisation_id)
        and (coalesce(d.phase_due_at, 'infinity'), d.id)
            > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($5::uuid is null or d.organisation_id = $5)
        and ($6::timestamptz is null or d.phase_due_at < $6)
    union all
    select d.review_at::text, null, d.organisation_id, o.name, d.id, d.title, d.secret, d.phase, d.round, d.revision,
        coalesce(s.roles, '{}'), array['review'], d.review_at
    from members m
    join roles r on r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
        and 'decision.read' = any (r.permissions)
    join organisations o on o.organisation_id = m.organisation_id
    cross join lateral (
        select p.id
        from decisions p
        where p.organisation_id = m.organisation_id and p.proposer_id = m.id and p.review_at <= now()
        union
        select f.decision_id
        from stakeholders f
        where f.organisation_id = m.organisation_id and f.member_id = m.id and 'facilitator' = any (f.roles)
    ) t
    join decisions d on d.organisation_id = m.organisation_id and d.id = t.id and d.review_at <= now()
        and d.status in ('in_force', 'kept', 'amended')
    left join stakeholders s on s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = m.id
    where m.person_id = ($1::principal).person_id and m.status = 'active'
        and (($1::principal).organisation_id is null or ($1::principal).organisation_id = m.organisation_id)
        and (d.review_at, d.id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
        and ($5::uuid is null or d.organisation_id = $5)
        and ($6::timestamptz is null or d.review_at < $6)
    order by due_at, decision_id
    limit $2
) l on true;
