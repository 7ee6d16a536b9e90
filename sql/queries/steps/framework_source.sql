-- The definition of a new framework: the body's own, or a copy, under the key, name and purpose that the body gives.
-- $1 principal
-- $2 path organisation
-- $3 body definition
-- $4 body copy_of
-- $5 body key
-- $6 body name
-- $7 body purpose
-- result: one
with a as (
    select * from access($1, $2, 'framework.manage')
),
source as (
    select f.id, f.draft, v.definition
    from a
    join frameworks f on f.organisation_id = a.organisation_id
        and (f.key = $4::jsonb ->> 'framework' or f.id::text = lower($4::jsonb ->> 'framework'))
    left join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id
        and v.number = coalesce(($4::jsonb ->> 'version')::integer, f.latest_version)
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from (
        select '/definition' as pointer, 'required' as code, 'Give a definition, or copy_of.' as detail
        where $3::jsonb is null and $4::jsonb is null
        union all
        select '/copy_of', 'config_conflict', 'Give a definition or copy_of, not both.'
        where $3::jsonb is not null and $4::jsonb is not null
        union all
        select '/copy_of/framework', 'unknown_reference', 'There is no such framework.'
        where $4::jsonb is not null and not exists (select from source)
        union all
        select '/copy_of/version', 'unknown_reference', 'The framework has no such version.'
        from source s
        where $4::jsonb ? 'version' and s.definition is null
    ) f
)
select coalesce(a._status, case when f.list is not null then 422 end) as _status,
    case when a._status is null and f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference' end as _code,
    case when a._status is null then f.list end as _errors,
    coalesce($3::jsonb, s.definition, s.draft)
        || jsonb_strip_nulls(jsonb_build_object('key', $5::text, 'name', $6::text, 'purpose', $7::text)) as definition
from a
cross join faults f
left join source s on true;
