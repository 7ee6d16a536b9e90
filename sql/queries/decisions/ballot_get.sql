-- The caller's own ballot on the current revision; of a secret one only that it was cast.
-- $1 principal
-- $2 path organisation
-- $3 path decision
-- result: one
select a._status, coalesce(b.id || '-' || b.version, 'cast-' || d.revision) as _etag,
    d.id as decision_id, a.member_id, d.revision, d.secret, b.ballot, coalesce(b.version, 1) as version, b.cast_at
from access_decision($1, $2, 'decision.read', $3) a
cross join lateral (select (a.decision_row).*) d
left join ballots b on b.organisation_id = d.organisation_id and b.decision_id = d.id and b.member_id = a.member_id
    and b.revision = d.revision
left join secret_voters v on v.organisation_id = d.organisation_id and v.decision_id = d.id and v.member_id = a.member_id
    and v.revision = d.revision
where b.member_id is not null or v.member_id is not null or not a.granted;
