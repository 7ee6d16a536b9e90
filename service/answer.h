/* SPDX-License-Identifier: Apache-2.0 */
/* Rows to answers: what control columns mean, the list envelope, conditional reads. */
#ifndef COHELM_ANSWER_H
#define COHELM_ANSWER_H

#include "call.h"

/* Whether the list's rows are to be counted (Prefer: count=exact, RFC 7240). */
bool answer_wants_count(const struct call *call);

/* The strong tag of what has the tag `etag` when it is compressed: other bytes are another
 * representation (RFC 9110 section 8.8.3.3). To If-Match it is the same one, as all after a `+` is
 * nothing to it. */
const char *answer_gzip_tag(const struct call *call, const char *etag);

/* Whether If-None-Match names `etag` (with its quotes), or that of what is compressed where it may
 * be, or is `*`, so that 304 is the answer. */
bool answer_none_match(const struct call *call, const char *etag);

/* Answers a page: {"items": […], "next_cursor": …|null} and Link; `total` is added as "count"
 * unless it is -1. `rows` has one row more than the page when there is a next one. */
bool answer_list(struct call *call, const struct statement *statement, const struct rows *rows,
                 int64_t total);

#endif
