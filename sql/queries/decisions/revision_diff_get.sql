-- Two revisions of the text. Revision 0 is the empty text before the first one.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 path revision
-- $5 query from
-- result: one
select a._status, coalesce($5::integer, r.number - 1) as from_number, r.number as to_number, f.title as from_title, r.title as to_title,
    coalesce(f.text, '') as from_text, r.text as to_text
from access_decision($1, $2, 'decision.read', $3) a
join decision_revisions r on r.organisation_id = a.organisation_id and r.decision_id = $3 and r.number = $4
left join decision_revisions f on f.organisation_id = a.organisation_id and f.decision_id = $3
    and f.number = coalesce($5::integer, r.number - 1)
where f.number is not null or coalesce($5::integer, r.number - 1) = 0;
