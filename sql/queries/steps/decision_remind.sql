-- Tells of phases that end soon, once for each time before their end that is set: what others are at is left to them. Nothing that can be
-- seen changes, so it is no audit row.
-- $1 value 0 max
-- $2 new_id
-- result: one
with due as (
    select d.organisation_id, d.id
    from decisions d
    where d.status = 'open' and d.remind_at <= now() and d.phase_due_at > now()
    order by d.remind_at
    limit $1
    for no key update skip locked
),
changed as (
    update decisions d
    set remind_at = next_reminder(o.settings, d.definition -> 'rule', d.phase_started_at, d.phase_due_at, now())
    from due u
    join organisations o on o.organisation_id = u.organisation_id
    where d.organisation_id = u.organisation_id and d.id = u.id
    returning d.*
),
event as (
    insert into events (organisation_id, id, type, resource_id, data)
    select d.organisation_id, derived_id($2, d.id::text), 'decision.reminder', d.id, to_jsonb(d) - array['definition', 'remind_at']
    from changed d
    returning id
)
select count(*) as reminded
from event;
