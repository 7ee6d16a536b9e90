-- Says anew when the end of the current phase is told of: what is past is not made up for, and what is due already is still told of.
-- Nothing that can be seen changes, so it is no audit row.
-- $1 value 0 organisation_id
-- $2 value 1 decisions
-- result: none
update decisions d
set remind_at = next_reminder(o.settings, d.definition -> 'rule', d.phase_started_at, d.phase_due_at, now())
from organisations o
where d.organisation_id = $1 and d.id = any ($2::uuid[]) and d.status = 'open' and (d.remind_at is null or d.remind_at > now())
    and o.organisation_id = d.organisation_id;
