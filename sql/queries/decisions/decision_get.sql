-- The decision that a path names, with its current text.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- $4 include
-- result: one
select a._status, d.version::text as _etag,
    case when d.status = 'open' and d.phase_due_at <= now() then array[d.organisation_id, d.id] end as _settle,
    d.id, d.team_id, d.area_id, d.delegation, d.title, r.text, d.proposer_id, d.framework_id, f.key as framework_key, d.framework_version,
    d.configuration, d.secret, d.status, d.phase, d.round, d.revision, d.due_at, d.opened_at, d.phase_started_at,
    d.phase_due_at, d.closed_at, d.outcome, d.review_at, d.version, d.created_at, d.updated_at,
    case when 'definition' = any ($4) then coalesce(d.definition, (
        select v.definition
        from framework_versions v
        where v.organisation_id = d.organisation_id and v.framework_id = d.framework_id and v.number = d.framework_version
    )) end as definition,
    case when 'options' = any ($4) then (
        select coalesce(jsonb_agg(jsonb_build_object(
            'key', o.key, 'title', o.title, 'description', o.description, 'pros', o.pros, 'cons', o.cons,
            'proposer_id', o.proposer_id, 'position', o.position, 'version', o.version)
            order by o.position, o.key), '[]')
        from decision_options o
        where o.organisation_id = d.organisation_id and o.decision_id = d.id
    ) end as options,
    case when 'stakeholders' = any ($4) then (
        select coalesce(jsonb_agg(jsonb_build_object(
            'member_id', s.member_id, 'display_name', m.display_name, 'roles', s.roles, 'level', s.level,
            'weight', s.weight, 'notified_at', utc_text(s.notified_at), 'version', s.version,
            'created_at', utc_text(s.created_at)) order by m.display_name, m.id), '[]')
        from stakeholders s
        join members m on m.organisation_id = s.organisation_id and m.id = s.member_id
        where s.organisation_id = d.organisation_id and s.decision_id = d.id
    ) end as stakeholders,
    case when 'revisions' = any ($4) then (
        select coalesce(jsonb_agg(jsonb_build_object(
            'number', v.number, 'title', v.title, 'text', v.text, 'note', v.note, 'author_id', v.author_id,
            'created_at', utc_text(v.created_at)) order by v.number), '[]')
        from decision_revisions v
        where v.organisation_id = d.organisation_id and v.decision_id = d.id
    ) end as revisions
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
join frameworks f on f.organisation_id = d.organisation_id and f.id = d.framework_id
join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision;
