-- Keeps others from changing the decision until this transaction ends, and says what the caller may. `by_office`: the permission comes from
-- a role in the organisation or the team, so the framework need not grant it.
-- $1 principal
-- $2 path organisation
-- $3 permission
-- $4 path decision
-- result: one
select a._status, a.granted, d.organisation_id, d.id, a.member_id, d.status = 'open' and d.phase_due_at <= now() as late,
    exists (select from access($1, $2, $3) x where x.granted)
        or exists (select from access_team($1, $2, $3, d.team_id) x where x.granted) as by_office
from access_decision($1, $2, $3, $4) a
join decisions d on d.organisation_id = a.organisation_id and d.id = $4
for no key update of d;
