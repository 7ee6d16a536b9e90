-- What a stakeholder says, in place of what they have said to the same before in this phase of this revision and round (of the same type,
-- where that is an answer or late). Of what is hidden the trail tells that it was given, but not what it says.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 value 3 phase
-- $5 value 4 now
-- $6 new_id
-- $7 body
-- $8 new_id
-- $9 request_id
-- $10 value 5 hidden
-- result: one
with given as (
    insert into inputs as i (organisation_id, decision_id, id, revision, round, phase, member_id, type, subject_id, data, hidden,
        created_at, updated_at)
    select d.organisation_id, d.id, $6, d.revision, d.round, $4, $3, $7::jsonb ->> 'type',
        coalesce(($7::jsonb ->> 'subject')::uuid, '00000000-0000-0000-0000-000000000000'),
        coalesce($7::jsonb -> 'data', '{}'), $10, $5, $5
    from decisions d
    where d.organisation_id = $1 and d.id = $2
    on conflict on constraint inputs_current_key do update
    set id = excluded.id,
        type = excluded.type,
        data = excluded.data,
        hidden = excluded.hidden,
        version = i.version + 1,
        created_at = excluded.created_at,
        updated_at = excluded.updated_at
    returning *
),
audit as (
    insert into audit_log (organisation_id, id, actor_id, action, resource_id, data, request_id)
    select i.organisation_id, $8, i.member_id, case when i.version = 1 then 'input.given' else 'input.replaced' end,
        i.decision_id, to_jsonb(i) - case when i.hidden is null then array['keyed_type'] else array['keyed_type', 'type', 'data'] end, $9
    from given i
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
select i.id || '-' || i.version as _etag,
    '/v1/organisations/' || i.organisation_id || '/decisions/' || i.decision_id || '/inputs/' || i.id as _location,
    i.id, i.decision_id, i.member_id, i.type, i.phase, i.round, i.revision,
    nullif(i.subject_id, '00000000-0000-0000-0000-000000000000') as subject, i.data, i.version, i.created_at
from given i;
