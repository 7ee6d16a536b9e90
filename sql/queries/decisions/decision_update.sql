-- Changes the members of the draft that the patch names.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 body
-- $5 if_match
-- $6 new_id
-- $7 request_id
-- result: one
with a as (
    select * from access_decision($1, $2, 'decision.update', $3)
),
target as (
    select d.*, a.member_id,
        case
            when a._status is not null then a._status
            when not etag_matches($5, d.version::text) then 412
            when d.status <> 'draft' then 409
        end as access_status
    from a
    join decisions d on d.organisation_id = a.organisation_id and d.id = $3
    for no key update of d
),
framework as (
    select f.id, f.key, v.number
    from target t
    join frameworks f on f.organisation_id = t.organisation_id and case
        when $4::jsonb ? 'framework' then f.key = $4::jsonb ->> 'framework' or f.id::text = lower($4::jsonb ->> 'framework')
        else f.id = t.framework_id
    end
    join framework_versions v on v.organisation_id = f.organisation_id and v.framework_id = f.id and v.number = coalesce(
        ($4::jsonb ->> 'framework_version')::integer,
        case when $4::jsonb ?| array['framework', 'framework_version'] then f.latest_version else t.framework_version end)
),
area as (
    select r.id
    from target t
    join areas r on r.organisation_id = t.organisation_id and r.id = ($4::jsonb ->> 'area_id')::uuid
    for key share of r
),
faults as (
    select jsonb_agg(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'detail', f.detail)) as list
    from target d
    cross join lateral (
        select case when $4::jsonb ? 'framework' then '/framework' else '/framework_version' end as pointer,
            'unknown_reference' as code, 'There is no such framework with that version.' as detail
        where not exists (select from framework)
        union all
        select '/team_id', 'unknown_reference', 'There is no such team.'
        where $4::jsonb ->> 'team_id' is not null and ($4::jsonb ->> 'team_id')::uuid is distinct from d.team_id
            and not exists (
                select from teams t
                where t.organisation_id = d.organisation_id and t.id = ($4::jsonb ->> 'team_id')::uuid
                    and (t.visibility = 'open' or sees_team(t.path, d.organisation_id, d.member_id) or holds($1, $2, 'team.read_private'))
            )
        union all
        select '/area_id', 'unknown_reference', 'There is no such area.'
        where $4::jsonb ->> 'area_id' is not null and not exists (select from area)
    ) f
),
checked as (
    select t.*, f.list, coalesce(t.access_status, case when f.list is not null then 422 end) as _status,
        case when t.access_status = 409 then 'decision_state' when t.access_status is null and f.list is not null then 'invalid_reference' end
            as _code
    from target t
    cross join faults f
),
changed as (
    update decisions d
    set title = coalesce($4::jsonb ->> 'title', d.title),
        framework_id = f.id,
        framework_version = f.number,
        team_id = case when $4::jsonb ? 'team_id' then ($4::jsonb ->> 'team_id')::uuid else d.team_id end,
        area_id = case when $4::jsonb ? 'area_id' then ($4::jsonb ->> 'area_id')::uuid else d.area_id end,
        configuration = merge_patch(d.configuration, coalesce($4::jsonb -> 'configuration', '{}')),
        secret = coalesce(($4::jsonb ->> 'secret')::boolean, $4::jsonb #> '{configuration,rule,secret}' = 'true', d.secret),
        due_at = case when $4::jsonb ? 'due_at' then ($4::jsonb ->> 'due_at')::timestamptz else d.due_at end,
        version = d.version + 1,
        updated_at = now()
    from checked c
    cross join framework f
    where d.organisation_id = c.organisation_id and d.id = c.id and c._status is null
    returning d.*
),
revision as (
    update decision_revisions r
    set title = c.title,
        text = coalesce($4::jsonb ->> 'text', r.text)
    from changed c
    where r.organisation_id = c.organisation_id and r.decision_id = c.id and r.number = c.revision
    returning r.*
),
searched as (
    update decision_search s
    set document = search_document(r.organisation_id, r.title, r.text, null, null)
    from revision r
    where s.organisation_id = r.organisation_id and s.decision_id = r.decision_id
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select d.organisation_id, $6, c.member_id, 'decision.updated', d.id, to_jsonb(d) - array['definition', 'remind_at'], $7
    from changed d
    cross join checked c
    returning *
),
chain as (
    update audit_chains c
    set length = c.length + 1,
        hash = sha256(c.hash || audit_digest(row(x.*)::audit_log))
    from audit x
    where c.organisation_id = x.organisation_id and c.resource_id = x.resource_id
    returning c.organisation_id, c.resource_id, c.length, x.id, c.hash
),
chain_link as (
    insert into audit_links (organisation_id, resource_id, number, audit_id, hash)
    select * from chain
),
event as (
    insert into events (organisation_id, id, type, actor_id, resource_id, data)
    select organisation_id, id, action, actor_id, resource_id, data
    from audit
)
select c._status, c._code, case when c._code = 'decision_state' then 'Only drafts can be changed.' end as _detail, c.list as _errors,
    d.version::text as _etag,
    d.id, d.team_id, d.area_id, d.delegation, d.title, r.text, d.proposer_id, d.framework_id, f.key as framework_key, d.framework_version,
    d.configuration, d.secret, d.status, d.phase, d.round, d.revision, d.due_at, d.opened_at, d.phase_started_at,
    d.phase_due_at, d.closed_at, d.outcome, d.review_at, d.version, d.created_at, d.updated_at
from checked c
left join changed d on true
left join revision r on true
left join framework f on true;
