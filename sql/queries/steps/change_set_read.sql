-- The decision's changes as they are now; nulls where there are none. `owner`: the member is one.
-- $1 value 0 organisation_id
-- $2 value 1 decision_id
-- $3 value 2 member_id
-- $4 value 3 if_match
-- result: one
select case when not etag_matches($4::text[], coalesce(s.id || '-' || s.version, '')) then 412 end as _status,
    s.revision, s.status, s.changes, s.authority, s.authorised_by, s.reverse,
    coalesce(d.outcome = 'adopted' and d.status not in ('superseded', 'retired'), false) as adopted, m.role = 'owner' as owner,
    o.governance_mode = 'governed' as governed
from decisions d
join organisations o on o.organisation_id = d.organisation_id
join members m on m.organisation_id = d.organisation_id and m.id = $3
left join lateral (
    select s.*
    from change_sets s
    where s.organisation_id = d.organisation_id and s.decision_id = d.id and s.revision <= d.revision
    order by s.revision desc
    limit 1
) s on s.changes <> '[]'
where d.organisation_id = $1 and d.id = $2;
