-- SPDX-License-Identifier: Apache-2.0
-- If-Match holds for what exists only: `*` for any version of it, and no tag, also not the empty one, for what is to be made.

create or replace function etag_matches(expected text[], current text)
returns boolean
language sql immutable
return expected is null or (current <> '' and (current = any (expected) or expected = array['"']));
comment on function etag_matches(text[], text) is
    'Whether If-Match allows the change: absent is null, `*` is a quotation mark alone, which no tag can be. What does not exist has the tag ''''.';
