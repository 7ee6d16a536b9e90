/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a list of changes by the authority of a decision, one after the other, with the operations'
 * own validators and statements. Whether anything of it is kept is up to the caller, who sets a
 * mark before. */
#ifndef COHELM_CHANGE_RUN_H
#define COHELM_CHANGE_RUN_H

#include "change.h"

struct change_run {
    struct call *call;
    const char *organisation_id;
    const char *decision_id;
    const char *pointer; /* of the list, for faults */
    const struct json *changes;
    const struct change_teams *teams; /* as change_read takes it */
    const char *const *winners;       /* options: changes of others are left out */
    size_t winner_count;
    bool rehearsed; /* nothing is kept, and the caller is told no more than the caller may see */
    bool *refused;  /* by position: has faults; what is marked before is not tried again */
    struct faults *obstacles; /* also gets those faults that not everybody may see; or NULL */
    /* what came of it */
    struct faults faults;
    struct json *made; /* by position: the answer of the operation; JSON null where there is none */
    struct json *reverse; /* by position: the changes that undo it, a list or JSON null */
};

void change_run_init(struct change_run *run, struct call *call, const char *organisation_id,
                     const char *decision_id, const struct json *changes);

/* Makes them; all are tried, so that every fault is told. False: the database failed, and
 * call->problem is set. */
bool change_run(struct change_run *run);

/* What was made by position, a list of ids and nulls, and what undoes all of it, as JSON texts. */
const char *change_run_resources(const struct change_run *run);
const char *change_run_reverse(const struct change_run *run);

#endif
