-- The revisions of the text, newest first.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 limit
-- $5 cursor 0
-- $6 query author_id
-- cursor: number
-- result: list
select case when r.number is null then a._status end as _status, r.*
from access_decision($1, $2, 'decision.read', $3) a
left join lateral (
    select r.number, r.title, r.text, r.note, r.author_id, r.created_at
    from decision_revisions r
    where a.granted and r.organisation_id = a.organisation_id and r.decision_id = $3
        and r.number < coalesce($5::integer, 2147483647)
        and ($6::uuid is null or r.author_id = $6)
    order by r.number desc
    limit $4
) r on true;
