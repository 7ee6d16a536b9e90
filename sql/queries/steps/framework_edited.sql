-- The draft that a patch of the framework makes, of the draft or latest version there is. Keeps others from changing it meanwhile.
-- $1 principal
-- $2 path organisation
-- $3 path framework
-- $4 body
-- $5 if_match
-- result: one
select
    case r._code when 'permission_denied' then 403 when 'precondition_failed' then 412 when 'invalid_body' then 422 else
        case when r._code is not null then 409 end
    end as _status,
    r._code,
    case when r._code = 'conflict' then 'It was published just now. Read it again.' end as _detail,
    case when r._code = 'invalid_body' then
        '[{"pointer": "/definition/key", "code": "const", "detail": "The key of a framework stays."}]'::jsonb
    end as _errors,
    merge_patch(merge_patch(coalesce(f.draft, v.definition), coalesce($4::jsonb -> 'definition', '{}')),
        $4::jsonb - 'definition') as definition
from access($1, $2, 'framework.manage') a
join frameworks f on f.organisation_id = a.organisation_id and (f.key = $3 or f.id::text = lower($3))
left join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
    and v.number = f.latest_version
cross join lateral (
    select case
        when not a.granted then 'permission_denied'
        when f.built_in then 'built_in'
        when not etag_matches($5, f.version::text) then 'precondition_failed'
        when coalesce(f.draft, v.definition) is null then 'conflict'
        when $4::jsonb -> 'definition' ? 'key' and $4::jsonb #>> '{definition,key}' is distinct from f.key then 'invalid_body'
    end as _code
) r
for update of f;
