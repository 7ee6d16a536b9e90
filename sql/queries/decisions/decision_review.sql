-- What became of a decision in force, and when it is to be looked at again: as the body says, or after the framework's interval.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 body
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: one
with a as (
    select * from access_decision($1, $2, 'decision.review', $3)
),
target as (
    select d.*, a.member_id, a._status as access_status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for no key update of d
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', '/review_at', 'code', f.code, 'detail', f.detail)) as list
    from (
        select 'in_the_past' as code, 'It can be looked at again in the future only.' as detail
        where ($4::jsonb ->> 'review_at')::timestamptz <= now()
        union all
        select 'config_conflict', 'What is retired is not looked at again.'
        where $4::jsonb ->> 'verdict' = 'retired' and $4::jsonb ->> 'review_at' is not null
    ) f
),
checked as (
    select t.organisation_id, t.id, t.member_id, f.list, case
            when t.access_status is not null then t.access_status
            when not etag_matches($5, t.version::text) then 412
            when t.status not in ('in_force', 'kept', 'amended') then 409
            when $4::jsonb ->> 'verdict' = 'retired' and not may_end_decision($1, $2, $3) then 403
            when f.list is not null then 422
        end as _status
    from target t
    cross join faults f
),
changed as (
    update decisions d
    set status = coalesce($4::jsonb ->> 'verdict', d.status),
        review_at = case
            when $4::jsonb ? 'review_at' then ($4::jsonb ->> 'review_at')::timestamptz
            when $4::jsonb ->> 'verdict' = 'retired' then null
            when $4::jsonb ? 'verdict' then utc_add(now(), d.definition ->> 'review')
            else d.review_at
        end,
        version = d.version + 1,
        updated_at = now()
    from checked c
    where d.organisation_id = c.organisation_id and d.id = c.id and c._status is null
    returning d.*
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select d.organisation_id, $6, c.member_id,
        case when $4::jsonb ? 'verdict' then 'decision.reviewed' else 'decision.review_moved' end, d.id,
        (to_jsonb(d) - array['definition', 'remind_at'])
            || jsonb_build_object('verdict', $4::jsonb ->> 'verdict', 'note', $4::jsonb ->> 'note'), $7
    from changed d
    cross join checked c
    returning *
),
chain as (
    update audit_chains c
    set length = c.length + 1,
        hash = sha256(c.hash || audit_digest(row(x.*)::audit_log))
    from audit x
    where c.organisation_id = x.organisation_id and c.resource_id = x.resource_id
    returning c.organisation_id, c.resource_id, c.length, x.id, c.hash
),
chain_link as (
    insert into audit_links (organisation_id, resource_id, number, audit_id, hash)
    select * from chain
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, case when c._status = 409 then 'decision_state' end as _code,
    case
        when c._status = 409 then 'Only a decision in force can be reviewed.'
        when c._status = 403 and s.access_status is null then 'It takes an office in the organisation or the team to end a decision.'
    end as _detail,
    case when c._status = 422 then c.list end as _errors,
    case when s.status = 'open' and s.phase_due_at <= now() and c._status = 409 then array[s.organisation_id, s.id] end as _settle,
    d.version::text as _etag,
    d.id, d.team_id, d.area_id, d.delegation, d.title, r.text, d.proposer_id, d.framework_id, f.key as framework_key, d.framework_version,
    d.configuration, d.secret, d.status, d.phase, d.round, d.revision, d.due_at, d.opened_at, d.phase_started_at,
    d.phase_due_at, d.closed_at, d.outcome, d.review_at, d.version, d.created_at, d.updated_at
from checked c
join target s on true
left join changed d on true
left join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
left join frameworks f on f.organisation_id = d.organisation_id and f.id = d.framework_id;
