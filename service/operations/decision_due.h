/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions whose time has come: settled when somebody reads or writes them, and in the background
 * (decision_chores.h); large ones (DECISION_LARGE) in the background only. Safe when many do it at
 * once: the row is locked, and what is not due any more is left alone. */
#ifndef COHELM_DECISION_DUE_H
#define COHELM_DECISION_DUE_H

#include "../call.h"

/* Settles one decision that is not large, in a transaction of its own unless one is open. True also
 * when it was not due. */
bool decision_settle_due(struct call *call, const char *organisation_id, const char *decision_id);

/* call_query for reads: the decisions that `_settle` (organisation and decision of each, uuid[])
 * names in the rows are settled, and the statement is run again; once per call. Where the call
 * `leaves_due` it says there what is due, and is false without a problem. */
bool decision_query(struct call *call, const struct statement *statement, struct rows *rows);

/* Settles what was left. */
bool decision_settle_left(struct call *call);

#endif
