-- The member that a path names.
-- $1 principal
-- $2 path organisation
-- $3 path member
-- result: one
select a._status, m.version::text as _etag,
    m.id, m.person_id, m.kind, m.status, m.role, m.display_name, m.email, m.title, m.function, m.location, m.time_zone,
    m.invited_by, m.invited_at, m.joined_at, m.ended_at, m.version, m.created_at, m.updated_at
from access($1, $2, 'member.read') a
join members m on m.organisation_id = a.organisation_id and m.id = $3;
