/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"
#include "statements.gen.h"

/* A ballot may be taken back while the same one could be cast; else decide_check_ballot refuses
 * with PROBLEM_PHASE_CLOSED, or PROBLEM_BALLOT_FINAL when it is secret. */
bool ballot_delete(struct call *call)
{
    struct decision_case decision;
    struct decide_refusal refusal;
    struct rows rows;
    struct json ballot = {.type = JSON_MAP};
    if (!decision_take_ballot(call, &decision))
        return false;
    const char *const values[] = {decision.organisation_id, decision.id, decision.member_id};
    if (!call_query(call, &STATEMENT_ballot_find, values, &rows) || !call_check(call, &rows))
        return false;
    (void)rows_json(&rows, 0, "ballot", &ballot, call->arena);
    if (!decide_check_ballot(&decision.facts, decision.member_id, &ballot, decision.facts.revision,
                             &refusal))
        return decision_refuse(call, &decision, &refusal);
    return call_query(call, &STATEMENT_ballot_remove, values, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}
