-- How many stakeholders a decision has, a draft with those whom its groups take in today; counted no further than asked.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 most
-- $4 value 3 member_id
-- result: one
select case
        when d.status = 'draft' then (
            select count(*)
            from (
                select e.member_id
                from electorate_of(d.organisation_id, d.id) e
                limit $3::bigint
            ) x
        )
        else (
            select count(*)
            from (
                select s.member_id
                from stakeholders s
                where s.organisation_id = d.organisation_id and s.decision_id = d.id
                limit $3::bigint
            ) x
        )
    end as size, d.status = 'draft' as draft, exists (
        select from stakeholders s
        where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.member_id = $4
    ) as takes_part
from decisions d
where d.organisation_id = $1 and d.id = $2;
