/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"

bool decision_withdraw(struct call *call)
{
    struct decision_case decision;
    struct decide_step step;
    struct decide_refusal refusal;
    if (!decision_take(call, BY_PERMISSION_OR_FRAMEWORK, &decision))
        return false;
    if (!decide_withdraw(&decision.facts, decision_actor(&decision), &step, &refusal))
        return decision_refuse(call, &decision, &refusal);
    struct decision_change change = {.rationale = json_get_text(&call->input.body, "rationale")};
    return decision_store(call, &decision, &step, &change) && decision_answer(call, &decision);
}
