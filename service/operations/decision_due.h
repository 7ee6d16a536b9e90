/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions whose time has come: settled when somebody reads or writes them, and in the background;
 * large ones (DECISION_LARGE) in the background only. And what else the background does for
 * decisions. Safe when many do it at once: the row is locked, and what is not due any more is left
 * alone. */
#ifndef COHELM_DECISION_DUE_H
#define COHELM_DECISION_DUE_H

#include "../call.h"

/* Settles one decision that is not large, in a transaction of its own unless one is open. True also
 * when it was not due. */
bool decision_settle_due(struct call *call, const char *organisation_id, const char *decision_id);

/* call_query for reads: the decisions that `_settle` (organisation and decision of each, uuid[])
 * names in the rows are settled, and the statement is run again; once per call. */
bool decision_query(struct call *call, const struct statement *statement, struct rows *rows);

/* Settles at most `max` due decisions of all organisations that no other instance is at; returns
 * how many. */
size_t decision_settle_batch(struct call *call, size_t max);

/* Looks at no more than `max` large decisions that ballots may have ended, and settles them. */
void decision_settle_asked(struct call *call, size_t max);

/* Tries the changes of at most `max` adopted decisions again that had to wait for the database,
 * each once however many instances do it; returns how many. */
size_t decision_change_batch(struct call *call, size_t max);

/* Writes the event decision.reminder for at most `max` phases that end soon, once for each however
 * many instances do it; returns how many. */
size_t decision_remind_batch(struct call *call, size_t max);

#endif
