-- A job of the caller's. One that was asked for with a token for another organisation only is none of this token's, and one about an
-- organisation that the caller is no active member of any more does not show.
-- $1 principal
-- $2 path job
-- result: one
select extract(epoch from coalesce(j.finished_at, j.started_at, j.created_at))::text || '-' || j.status || '-' || j.progress as _etag,
    j.id, j.operation, j.status, j.progress, j.result, j.problem, j.created_at, j.started_at, j.finished_at
from jobs j
where j.person_id = ($1::principal).person_id and j.id = $2
    and (($1::principal).organisation_id is null or j.organisation_id = ($1::principal).organisation_id)
    and not exists (
        select from organisation_names n
        where n.name = lower(substring(j.target from '^/v1/organisations/([^/?]+)')) and not exists (
            select from members m
            where m.organisation_id = n.organisation_id and m.person_id = j.person_id and m.status = 'active'
        )
    );
