-- SPDX-License-Identifier: Apache-2.0
-- If-None-Match of a change: it is made only if the current tag is none of these; with `*` only of what does not exist.

create or replace function etag_matches(expected text[], current text)
returns boolean
language sql immutable
return expected is null
    or (('"+' = any (expected) or (current <> '' and (current = any (expected) or '"' = any (expected))))
        and (current = '' or not ('"*' = any (expected) or '"!' || current = any (expected))));
comment on function etag_matches(text[], text) is
    'Whether If-Match and If-None-Match allow the change; null when there is neither. Of If-Match the tags, `"` for `*`, `"+` when there is none; of If-None-Match the tags with `"!` before them, `"*` for `*`. No tag has a quotation mark. What does not exist has the tag ''''.';
