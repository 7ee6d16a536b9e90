/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"

bool decision_advance(struct call *call)
{
    struct decision_case decision;
    struct decide_step step;
    struct decide_refusal refusal;
    if (!decision_take(call, BY_PERMISSION_OR_FRAMEWORK, &decision))
        return false;
    if (!decide_advance(&decision.facts, decision_actor(&decision),
                        json_get_text(&call->input.body, "phase"),
                        json_get_int(&call->input.body, "round", 0), &step, &refusal))
        return decision_refuse(call, &decision, &refusal);
    struct rows before;
    return decision_show(call, &decision, &before) &&
           decision_store(call, &decision, &step, &(struct decision_change){0}) &&
           decision_settle(call, &decision) && decision_answer_step(call, &decision, &before);
}
