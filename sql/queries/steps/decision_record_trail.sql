-- Rows of the trail of a decision's record. Audit rows of inputs and open ballots show by their digests only: their data stands in the
-- record as far as it may be seen; so do those that name other decisions, which may be hidden.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 after
-- $4 value 3 most
-- result: one
select k.number as _key, k.number,
    case
        when l.action in ('decision.created', 'decision.updated', 'decision.opened', 'decision.phase_started', 'decision.revised',
            'decision.closed', 'decision.sealed', 'decision_option.added', 'decision_option.updated', 'decision_option.removed',
            'stakeholder.added', 'stakeholder.updated', 'stakeholder.removed')
            and not l.data ?| array['reopens', 'continues']
        then audit_content(l)
    end as content,
    encode(audit_digest(l), 'hex') as digest, encode(k.hash, 'hex') as hash
from (
    select k.*
    from audit_links k
    where k.organisation_id = $1 and k.resource_id = $2 and k.number > $3::bigint
    order by k.number
    limit $4::bigint
) k
join audit_log l on l.organisation_id = k.organisation_id and l.id = k.audit_id
order by k.number;
