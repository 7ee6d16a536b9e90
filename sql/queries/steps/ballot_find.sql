-- The member's ballot on the current revision; of a secret one only that there is one.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- result: one
select b.ballot
from decisions d
left join ballots b on b.organisation_id = d.organisation_id and b.decision_id = d.id and b.member_id = $3
    and b.revision = d.revision
left join secret_voters v on v.organisation_id = d.organisation_id and v.decision_id = d.id and v.member_id = $3
    and v.revision = d.revision
where d.organisation_id = $1 and d.id = $2 and (b.member_id is not null or v.member_id is not null);
