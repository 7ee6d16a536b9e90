-- The decisions that the caller may see, newest first.
-- $1 principal
-- $2 path organisation
-- $3 limit
-- $4 include
-- $5 query status
-- $6 query outcome
-- $7 query team_id
-- $8 query framework
-- $9 query proposer_id
-- $10 query stakeholder_id
-- $11 query created_after
-- $12 query created_before
-- $13 query due_before
-- $14 query q
-- $15 cursor 0
-- $16 query review_before
-- $17 query area_id
-- cursor: id
-- result: list
select case when x.id is null then a._status end as _status, x.*
from access($1, $2, 'decision.read') a
left join lateral (
    select case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
        d.id, d.team_id, d.area_id, d.delegation, d.title,
        case when 'text' = any ($4) then (
            select r.text
            from decision_revisions r
            where r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
        ) end as text,
        d.proposer_id, d.framework_id, f.key as framework_key, d.framework_version, d.configuration, d.secret, d.status,
        d.phase, d.round, d.revision, d.due_at, d.opened_at, d.phase_started_at, d.phase_due_at, d.closed_at, d.outcome, d.review_at,
        d.version, d.created_at, d.updated_at
    from decisions d
    join frameworks f on f.organisation_id = d.organisation_id and f.id = d.framework_id
    left join teams t on t.organisation_id = d.organisation_id and t.id = d.team_id
    where a.granted and d.organisation_id = a.organisation_id
        and (t.id is null or t.visibility = 'open' or a.reads_private or d.proposer_id = a.member_id
            or sees_team(t.path, a.organisation_id, a.member_id)
            or exists (
                select from stakeholders s
                where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = a.member_id
            ))
        and ($5::text[] is null or d.status = any ($5))
        and ($6::text[] is null or d.outcome = any ($6))
        and ($7::uuid is null or d.team_id = $7)
        and ($17::uuid is null or d.area_id = $17)
        and ($8::text is null or f.key = $8 or f.id::text = lower($8))
        and ($9::uuid is null or d.proposer_id = $9)
        and ($10::uuid is null or exists (
            select from stakeholders s
            where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = $10
        ))
        and ($11::timestamptz is null or d.created_at > $11)
        and ($12::timestamptz is null or d.created_at < $12)
        and ($13::timestamptz is null or coalesce(d.phase_due_at, d.due_at) < $13)
        and ($16::timestamptz is null or (d.review_at < $16 and d.status in ('in_force', 'kept', 'amended')))
        and ($14::text is null or d.id in (
            select f.decision_id
            from (
                select search_query(a.organisation_id, $14) as words
                offset 0
            ) q
            join decision_search f on f.document @@ q.words and f.organisation_id = a.organisation_id
        ))
        and d.id < coalesce($15::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    order by d.id desc
    limit $3
) x on true;
