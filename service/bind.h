/* SPDX-License-Identifier: Apache-2.0 */
/* Principal, path, query, headers and body to the parameters $1…$n of a statement, as texts. */
#ifndef COHELM_BIND_H
#define COHELM_BIND_H

#include "call.h"

/* The parameters of `statement` for this call; `values` are those of SOURCE_VALUE. `counting`
 * leaves out limit and cursor. */
const char **bind_parameters(struct call *call, const struct statement *statement,
                             const char *const *values, bool counting);

/* If-Match and If-None-Match as the text[] that etag_matches (SQL) takes; NULL when there is
 * neither. */
const char *bind_if_match(struct call *call);

/* Checks these two and reads ?cursor=, so that binding can't fail. False: 400 invalid_parameter,
 * invalid_cursor; 428 precondition_required. */
bool bind_prepare(struct call *call);

#endif
