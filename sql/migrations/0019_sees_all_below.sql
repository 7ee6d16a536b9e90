-- SPDX-License-Identifier: Apache-2.0
-- Whether a team may be moved, or deleted like the areas and roles that teams use, depends on teams that the caller may not see. Who does not
-- see all of them may do none of it, whether there are any or not.

create function sees_all_below(team_path uuid[], organisation_id uuid, member uuid, role text)
returns boolean
language plpgsql stable
as $$
begin
    return exists (
        select from roles r
        where r.organisation_id = sees_all_below.organisation_id and r.kind = 'organisation' and r.key = sees_all_below.role
            and 'team.read_private' = any (r.permissions)
    ) or sees_team(team_path, organisation_id, member);
end;
$$;
comment on function sees_all_below(uuid[], uuid, uuid, text) is
    'Whether no team below the one with that path (empty: in the organisation) can be hidden from the member, who has that role.';
