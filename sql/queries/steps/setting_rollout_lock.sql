-- The decisions that a changed setting is brought to next, as many as make fifty thousand characters of text; keeps them from changing.
-- $1 value 0 organisation_id
-- $2 value 1 setting
-- $3 value 2 decision_id
-- result: one
with next as (
    select x.id
    from (
        select d.id, sum(length(r.text)) over (order by d.id) - length(r.text) as before
        from (
            select d.organisation_id, d.id, d.revision
            from decisions d
            where d.organisation_id = $1 and d.id > $3 and ($2 = 'language' or d.status = 'open')
            order by d.id
            limit 100
        ) d
        join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
    ) x
    where x.before < 50000
),
kept as (
    select d.id
    from next n
    join decisions d on d.organisation_id = $1 and d.id = n.id
    for no key update of d
)
select array_agg(k.id)::text as decisions
from kept k;
