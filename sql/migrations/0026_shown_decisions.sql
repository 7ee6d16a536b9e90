-- SPDX-License-Identifier: Apache-2.0
-- What everybody sees may have been changed, or be undone, by a decision of a private team, which those outside must not be led to.

create function shown_decision(principal principal, organisation text, decision uuid)
returns uuid
language plpgsql stable
as $$
begin
    return case when decision is not null then (
        select decision
        from access_decision(principal, organisation, 'decision.read', decision) a
        where a.granted
    ) end;
end;
$$;
comment on function shown_decision(principal, text, uuid) is 'The id of a decision if the caller may see it, or else null.';
