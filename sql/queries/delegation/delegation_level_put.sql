-- Sets the level of the team in the area, and adds it to the history.
-- $1 principal
-- $2 path organisation
-- $3 path team
-- $4 path area
-- $5 body level
-- $6 body delegator_id
-- $7 body answer_within_days
-- $8 body note
-- $9 if_match
-- $10 new_id
-- $11 new_id
-- $12 new_id
-- $13 request_id
-- result: one
with a as (
    select * from access_structure($1, $2, 'delegation_level.manage', $3)
),
area as (
    select r.organisation_id, r.id, r.name, r.version
    from a
    join areas r on r.organisation_id = a.organisation_id and r.id = $4
    for key share of r
),
present as (
    select l.id, l.version
    from area r
    join delegation_levels l on l.organisation_id = r.organisation_id and l.team_id = $3 and l.area_id = r.id
    for update of l
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from a
    cross join lateral (
        select '/delegator_id' as pointer, 'unknown_reference' as code, 'There is no such active member.' as detail
        where not exists (
            select from members m
            where m.organisation_id = a.organisation_id and m.id = $6 and m.status = 'active'
        )
        union all
        select '/answer_within_days', 'required', 'At level 6 the team has to answer, so say within how many days.'
        where $5::integer = 6 and $7::integer is null
        union all
        select '/answer_within_days', 'config_conflict', 'Only at level 6 the team has to answer.'
        where $5::integer <> 6 and $7::integer is not null
    ) f
),
checked as (
    select a.organisation_id, a.member_id, a.override, r.id as area_id, r.name as area_name, r.version as area_version, s._status,
        case when s._status = 422 then f.list end as list,
        case
            when a._status is not null then a._code
            when s._status = 422 and f.list @> '[{"code": "unknown_reference"}]' then 'invalid_reference'
        end as _code
    from a
    join area r on r.organisation_id = a.organisation_id
    cross join faults f
    left join present p on true
    cross join lateral (
        select case
            when a._status is not null then a._status
            when not etag_matches($9, coalesce(p.id || '-' || p.version || '-' || r.version, '')) then 412
            when f.list is not null then 422
        end as _status
    ) s
),
changed as (
    insert into delegation_levels as l (organisation_id, team_id, area_id, id, level, delegator_id, answer_within_days, note)
    select c.organisation_id, $3, c.area_id, $10, $5, $6, $7, coalesce($8, '')
    from checked c
    where c._status is null
    on conflict on constraint delegation_levels_pkey do update
    set level = excluded.level,
        delegator_id = excluded.delegator_id,
        answer_within_days = excluded.answer_within_days,
        note = excluded.note,
        version = l.version + 1,
        updated_at = now()
    returning *
),
history as (
    insert into delegation_level_history (organisation_id, team_id, area_id, id, level, delegator_id, answer_within_days, note, changed_by)
    select l.organisation_id, l.team_id, l.area_id, $12, l.level, l.delegator_id, l.answer_within_days, l.note, c.member_id
    from changed l
    cross join checked c
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, override, request_id)
    select l.organisation_id, $11, c.member_id,
        case when l.version = 1 then 'delegation_level.set' else 'delegation_level.changed' end, l.team_id, to_jsonb(l), c.override, $13
    from changed l
    cross join checked c
    returning *
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, c._code, c.list as _errors, l.id || '-' || l.version || '-' || c.area_version as _etag,
    l.team_id, l.area_id, c.area_name, null::uuid as inherited_from, l.level, m.name, l.delegator_id, l.answer_within_days, l.note,
    m.framework, m.deciders, m.duties, l.version, l.created_at, l.updated_at
from checked c
left join changed l on true
left join delegation_meanings m on m.level = l.level;
