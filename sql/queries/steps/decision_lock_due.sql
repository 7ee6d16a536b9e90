-- Keeps others from changing a decision whose time has come. No row: somebody else was faster, or it has so many stakeholders that it is
-- settled in the background.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 most
-- result: one
select d.organisation_id, d.id
from decisions d
where d.organisation_id = $1 and d.id = $2 and d.status = 'open' and d.phase_due_at <= now()
    and (
        select count(*)
        from (
            select s.member_id
            from stakeholders s
            where s.organisation_id = d.organisation_id and s.decision_id = d.id
            limit $3::bigint + 1
        ) x
    ) <= $3::bigint
for no key update of d;
