-- The invitations that wait for the caller, newest first.
-- $1 principal
-- $2 limit
-- $3 cursor 0
-- $4 cursor 1
-- cursor: invited_at, id
-- result: list
select l.*
from (values (1)) one
left join lateral (
    select i.id, i.organisation_id, o.handle as organisation_handle, o.name as organisation_name, i.role,
        m.display_name as invited_by, i.invited_at
    from invitations_of($1) i
    join organisations o on o.organisation_id = i.organisation_id
    left join members m on m.organisation_id = i.organisation_id and m.id = i.invited_by
    where (i.invited_at, i.id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    order by i.invited_at desc, i.id desc
    limit $2
) l on true;
