/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set.h"
#include "decision_case.h"

#include <string.h>

bool change_set_apply(struct call *call)
{
    struct decision_case decision;
    struct change_set set;
    if (!decision_take(call, BY_PERMISSION, &decision) ||
        !change_set_read(call, &decision, NULL, &set))
        return false;
    if (!set.exists)
        return problem_set(&call->problem, PROBLEM_NOT_FOUND, NULL);
    const char *obstacle = !set.adopted
                               ? "Only a decision that is adopted and holds changes anything."
                           : strcmp(set.status, "reversed") == 0 ? "The changes were undone."
                                                                 : NULL;
    if (obstacle)
        return decision_refuse(
            call, &decision,
            &(struct decide_refusal){.code = PROBLEM_DECISION_STATE, .detail = obstacle});
    return change_set_make(call, decision.organisation_id, decision.id, decision.member_id, true) &&
           change_set_answer(call, &decision);
}
