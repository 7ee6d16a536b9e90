-- SPDX-License-Identifier: Apache-2.0
-- What is shown of the caller depends on the token too.

create function person_tag(version bigint, principal principal, client text)
returns text
language sql stable
return version || coalesce('-' || left(md5(nullif(concat_ws(' ', (principal).organisation_id, client), '')), 8), '');
comment on function person_tag(bigint, principal, text) is 'The entity tag of a person as a token shows them; other ones for tokens that are narrowed.';
