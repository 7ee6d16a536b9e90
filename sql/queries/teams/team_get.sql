-- The team that a path names.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- result: one
select a._status, t.version::text as _etag,
    t.id, t.parent_id, t.path, t.name, t.purpose, t.kind, t.visibility, t.created_by, t.version, t.created_at, t.updated_at
from access_team($1, $2, 'team.read', $3) a
cross join lateral (select (a.team_row).*) t;
