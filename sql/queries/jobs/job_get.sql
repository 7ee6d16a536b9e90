-- A job of the caller's. One that was asked for with a token for another organisation only is none of this token's.
-- $1 principal
-- $2 path job
-- result: one
select extract(epoch from coalesce(j.finished_at, j.started_at, j.created_at))::text || '-' || j.status || '-' || j.progress as _etag,
    j.id, j.operation, j.status, j.progress, j.result, j.problem, j.created_at, j.started_at, j.finished_at
from jobs j
where j.person_id = ($1::principal).person_id and j.id = $2
    and (($1::principal).organisation_id is null or j.organisation_id = ($1::principal).organisation_id);
