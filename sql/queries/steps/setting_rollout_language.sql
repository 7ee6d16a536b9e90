-- Writes anew by which words decisions are found.
-- $1 value 0 organisation_id
-- $2 value 1 decisions
-- result: none
update decision_search s
set document = search_document(d.organisation_id, d.title, r.text, d.outcome, o.rationale)
from decisions d
join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
left join outcomes o on o.organisation_id = d.organisation_id and o.decision_id = d.id
where d.organisation_id = $1 and d.id = any ($2::uuid[]) and s.organisation_id = d.organisation_id and s.decision_id = d.id;
