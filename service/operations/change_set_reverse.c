/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set.h"
#include "decision_case.h"

#include <string.h>

bool change_set_reverse(struct call *call)
{
    struct decision_case decision;
    struct change_set set;
    if (!decision_take(call, BY_PERMISSION, &decision) ||
        !change_set_read(call, &decision, NULL, &set))
        return false;
    if (!set.exists)
        return problem_set(&call->problem, PROBLEM_NOT_FOUND, NULL);
    if (set.governed && !set.owner)
        return problem_set(&call->problem, PROBLEM_GOVERNED_STRUCTURE, NULL);
    if (strcmp(set.status, "applied") != 0)
        return decision_refuse(
            call, &decision,
            &(struct decide_refusal){.code = PROBLEM_DECISION_STATE,
                                     .detail = "The decision's changes are not in effect."});
    return change_set_undo(call, &decision, &set) && change_set_answer(call, &decision);
}
