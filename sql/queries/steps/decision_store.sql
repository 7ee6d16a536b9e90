-- What has happened to the decision: its facts, the text if it was revised, the outcome if it was closed, and for each event an audit row.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 facts
-- $4 value 3 events
-- $5 value 4 count_report
-- $6 request_id
-- $7 value 5 proxies
-- result: one
with recursive fact as (
    select f.*
    from jsonb_to_record($3::jsonb) f (status text, phase text, round integer, revision integer, opened_at timestamptz,
        phase_started_at timestamptz, phase_due_at timestamptz, closed_at timestamptz, outcome text, winners text[], rationale text,
        closed_by uuid, review_at timestamptz, definition jsonb, delegation jsonb, secret boolean, text jsonb, opens boolean, follow_up_id uuid,
        fallback_version integer)
),
changed as (
    update decisions d
    set status = f.status,
        phase = f.phase,
        round = f.round,
        revision = f.revision,
        opened_at = f.opened_at,
        phase_started_at = f.phase_started_at,
        phase_due_at = f.phase_due_at,
        closed_at = f.closed_at,
        outcome = f.outcome,
        review_at = f.review_at,
        remind_at = case
            when f.status <> 'open' then null
            when d.phase_started_at = f.phase_started_at and d.phase_due_at = f.phase_due_at then d.remind_at
            else next_reminder(o.settings, coalesce(f.definition, d.definition) -> 'rule', f.phase_started_at, f.phase_due_at, null)
        end,
        definition = coalesce(f.definition, d.definition),
        delegation = coalesce(nullif(f.delegation, 'null'), d.delegation),
        secret = coalesce(f.secret, d.secret),
        fallback_version = coalesce(f.fallback_version, d.fallback_version),
        title = coalesce(f.text ->> 'title', d.title),
        version = d.version + 1,
        updated_at = now()
    from fact f
    join organisations o on o.organisation_id = $1
    where d.organisation_id = o.organisation_id and d.id = $2
    returning d.*
),
revision as (
    insert into decision_revisions (organisation_id, decision_id, number, title, text, note, author_id)
    select d.organisation_id, d.id, d.revision, d.title, coalesce(f.text ->> 'text', r.text), coalesce(f.text ->> 'note', ''),
        (f.text ->> 'author_id')::uuid
    from changed d
    cross join fact f
    join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision - 1
    where f.text is not null
),
notified as (
    update stakeholders s
    set notified_at = d.opened_at
    from changed d
    cross join fact f
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and f.opens
),
departed as (
    update stakeholders s
    set left_at = coalesce(m.ended_at, d.closed_at)
    from changed d
    join members m on m.organisation_id = d.organisation_id
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and m.id = s.member_id and m.status = 'left'
        and d.outcome is not null
),
outcome as (
    insert into outcomes (organisation_id, decision_id, outcome, winners, rationale, count_report, closed_by, closed_at, follow_up_id)
    select d.organisation_id, d.id, d.outcome, f.winners, coalesce(f.rationale, (
            select i.data ->> 'rationale'
            from inputs i
            where i.organisation_id = d.organisation_id and i.decision_id = d.id and i.revision = d.revision
                and i.type = 'decision'
            order by i.created_at desc, i.id desc
            limit 1
        )), $5, f.closed_by, d.closed_at, f.follow_up_id
    from changed d
    cross join fact f
    where d.outcome is not null
    returning *
),
searched as (
    update decision_search s
    set document = search_document(d.organisation_id, d.title, coalesce(f.text ->> 'text', r.text), d.outcome, o.rationale)
    from changed d
    cross join fact f
    join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id
        and r.number = d.revision - (f.text is not null)::integer
    left join outcome o on true
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and (f.text is not null or d.outcome is not null)
),
proxies_kept as (
    insert into decision_proxies (organisation_id, decision_id, truster_id, trustee_id, voter_id, hops, ending, given_at)
    select d.organisation_id, d.id, p.truster_id, p.trustee_id, p.voter_id, p.hops, p.ending, p.given_at
    from changed d
    cross join jsonb_to_recordset($7::jsonb) p (truster_id uuid, trustee_id uuid, voter_id uuid, hops integer, ending text,
        given_at timestamptz)
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select d.organisation_id, e.id, e.actor_id, e.action, d.id, (to_jsonb(d) - array['definition', 'remind_at']) || e.data, $6
    from changed d
    cross join jsonb_to_recordset($4::jsonb) e (id uuid, actor_id uuid, action text, data jsonb)
    returning *
),
place as (
    select x.id, audit_digest(row(x.*)::audit_log) as digest, row_number() over (order by x.id) as number
    from audit x
),
link as (
    select c.organisation_id, c.resource_id, c.length, null::uuid as id, c.hash, 0::bigint as number
    from changed d
    join audit_chains c on c.organisation_id = d.organisation_id and c.resource_id = d.id
    union all
    select l.organisation_id, l.resource_id, l.length + 1, p.id, sha256(l.hash || p.digest), p.number
    from link l
    join place p on p.number = l.number + 1
),
linked as (
    insert into audit_links (organisation_id, resource_id, number, audit_id, hash)
    select l.organisation_id, l.resource_id, l.length, l.id, l.hash
    from link l
    where l.number > 0
    returning *
),
chain as (
    update audit_chains c
    set length = l.number,
        hash = l.hash
    from linked l
    where c.organisation_id = l.organisation_id and c.resource_id = l.resource_id
        and l.number = c.length + (select count(*) from audit)
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select d.id
from changed d;
