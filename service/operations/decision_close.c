/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"

/* Closing what is closed already does nothing and succeeds. */
bool decision_close(struct call *call)
{
    struct decision_case decision;
    struct decide_step step;
    struct decide_refusal refusal;
    if (!decision_take(call, BY_PERMISSION_OR_FRAMEWORK, &decision))
        return false;
    if (!decide_close(&decision.facts, decision_actor(&decision), &step, &refusal))
        return decision_refuse(call, &decision, &refusal);
    struct decision_change change = {.rationale = json_get_text(&call->input.body, "rationale")};
    struct rows before;
    return decision_show(call, &decision, &before) &&
           decision_store(call, &decision, &step, &change) &&
           decision_answer_step(call, &decision, &before);
}
