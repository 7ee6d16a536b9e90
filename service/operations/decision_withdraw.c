/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"

/* The framework may let others withdraw it too; who has the permission needs no leave of it. */
bool decision_withdraw(struct call *call)
{
    struct decision_case decision;
    struct decide_step step;
    struct decide_refusal refusal;
    if (!decision_take(call, BY_PERMISSION_OR_FRAMEWORK, &decision))
        return false;
    if (!decide_withdraw(&decision.facts, decision.granted ? NULL : decision.member_id, &step,
                         &refusal))
        return decision_refuse(call, &decision, &refusal);
    struct decision_change change = {.rationale = json_get_text(&call->input.body, "rationale")};
    return decision_store(call, &decision, &step, &change) && decision_answer(call, &decision);
}
