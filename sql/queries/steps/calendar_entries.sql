-- When something about decisions comes up for a person in the organisations where they may read them: the end of the current phase, and
-- the review of what is in force, where they are stakeholder or proposer. The nearest first.
-- $1 value 0 person_id
-- $2 value 1 organisation_id
-- result: one
with own as (
    select m.organisation_id, m.id as member_id, o.name
    from members m
    join roles r on r.organisation_id = m.organisation_id and r.kind = 'organisation' and r.key = m.role
        and 'decision.read' = any (r.permissions)
    join organisations o on o.organisation_id = m.organisation_id
    where m.person_id = $1::uuid and m.status = 'active' and ($2::uuid is null or m.organisation_id = $2)
),
part as (
    select s.organisation_id, s.decision_id, o.name
    from own o
    join stakeholders s on s.organisation_id = o.organisation_id and s.member_id = o.member_id
    union
    select d.organisation_id, d.id, o.name
    from own o
    join decisions d on d.organisation_id = o.organisation_id and d.proposer_id = o.member_id
)
select d.organisation_id, d.id as decision_id, p.name as organisation_name, d.title, d.phase, d.version, d.updated_at,
    d.status = 'open' as is_open, case when d.status = 'open' then d.phase_due_at else d.review_at end as at
from part p
join decisions d on d.organisation_id = p.organisation_id and d.id = p.decision_id
where (d.status = 'open' and d.phase_due_at is not null)
    or (d.status in ('in_force', 'kept', 'amended') and d.review_at is not null)
order by at, d.id
limit 1000;
