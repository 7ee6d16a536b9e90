-- The draft that is to be published. Keeps others from changing it meanwhile.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 if_match
-- result: one
select
    case
        when a._status is not null then a._status
        when f.built_in then 409
        when not etag_matches($4, f.version::text) then 412
        when f.draft is null then 409
    end as _status,
    case
        when a._status is not null then a._code
        when f.built_in then 'built_in'
    end as _code,
    case when a._status is null and not f.built_in and f.draft is null then 'The latest version is all there is.' end as _detail,
    f.draft as definition, f.organisation_id
from access_structure($1, $2, 'framework.manage', null) a
join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
for update of f;
