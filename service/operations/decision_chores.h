/* SPDX-License-Identifier: Apache-2.0 */
/* What the background does for decisions, on any number of instances at once. Apart from
 * decision_due.h, so that no operation seems to give the problems of all that is done here. */
#ifndef COHELM_DECISION_CHORES_H
#define COHELM_DECISION_CHORES_H

#include "../call.h"

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
