-- The level that applies to the team in the area, also where one above the area says so. The area's name is part of it, so the area's
-- version is part of the tag.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 path area
-- result: one
select a._status, l.id || '-' || l.version || '-' || r.version as _etag,
    l.team_id, r.id as area_id, r.name as area_name, nullif(l.area_id, r.id) as inherited_from, l.level, m.name, l.delegator_id,
    l.answer_within_days, l.note, m.framework, m.deciders, m.duties, l.version, l.created_at, l.updated_at
from access_team($1, $2, 'delegation_level.read', $3) a
join areas r on r.organisation_id = a.organisation_id and r.id = $4
left join lateral delegation_level_of(r.organisation_id, $3, r.id) l on a.granted
left join delegation_meanings m on m.level = l.level
where l.id is not null or not a.granted;
