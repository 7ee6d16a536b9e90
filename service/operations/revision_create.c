/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"
#include "statements.gen.h"

bool revision_create(struct call *call)
{
    struct decision_case decision;
    struct decide_step step;
    struct decide_refusal refusal;
    struct rows rows;
    if (!decision_take(call, BY_PERMISSION_OR_FRAMEWORK, &decision))
        return false;
    if (!decide_revise(&decision.facts, decision_actor(&decision), &step, &refusal))
        return decision_refuse(call, &decision, &refusal);
    const char *const values[] = {decision.organisation_id, decision.id};
    return decision_store(call, &decision, &step,
                          &(struct decision_change){.text = &call->input.body}) &&
           call_query(call, &STATEMENT_revision_show, values, &rows) && call_check(call, &rows) &&
           decision_settle(call, &decision) && call_answer_row(call, &rows);
}
