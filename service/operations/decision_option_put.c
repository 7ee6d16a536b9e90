/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"
#include "statements.gen.h"

/* decide_check_option refuses with PROBLEM_DECISION_STATE. */
bool decision_option_put(struct call *call)
{
    struct decision_case decision;
    struct decide_refusal refusal;
    struct rows rows;
    if (!decision_take(call, BY_PERMISSION_OR_FRAMEWORK, &decision))
        return false;
    if (!decide_check_option(&decision.facts, decision.member_id, call_argument(call, "key"),
                             &refusal))
        return decision_refuse(call, &decision, &refusal);
    bool open = decision.facts.status == DECIDE_OPEN;
    const char *const values[] = {decision.organisation_id, decision.id, decision.member_id,
                                  open ? decision.member_id : NULL};
    return call_query(call, &STATEMENT_decision_option_store, values, &rows) &&
           call_check(call, &rows) && call_answer_row(call, &rows);
}
