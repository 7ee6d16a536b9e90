/* SPDX-License-Identifier: Apache-2.0 */
#include "../render.h"
#include "decision_case.h"
#include "statements.gen.h"

/* In canonical form, so that equal secret ballots are equal bytes. */
static const char *ballot_text(struct call *call, const struct json *ballot)
{
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    json_write_canonical(&buf, ballot);
    return buf_cstr(&buf);
}

/* decide_check_ballot refuses with PROBLEM_DECISION_STATE, PROBLEM_PHASE_CLOSED,
 * PROBLEM_REVISION_OUTDATED, PROBLEM_BALLOT_FINAL or PROBLEM_BALLOT_INVALID. */
bool ballot_put(struct call *call)
{
    const struct json *body = &call->input.body;
    const struct json *ballot = json_get(body, "ballot");
    struct decision_case decision;
    struct decide_refusal refusal;
    struct rows rows;
    struct buf now;
    if (!decision_take(call, BY_PERMISSION, &decision))
        return false;
    if (!decide_check_ballot(&decision.facts, decision.member_id, ballot,
                             json_get_int(body, "revision", decision.facts.revision), &refusal))
        return decision_refuse(call, &decision, &refusal);
    buf_init(&now, call->arena, SIZE_MAX);
    render_time(&now, decision.facts.now);
    const char *const values[] = {decision.organisation_id, decision.id, decision.member_id,
                                  ballot_text(call, ballot), buf_cstr(&now)};
    const struct statement *store =
        decision.framework.rule.secret ? &STATEMENT_ballot_store_secret : &STATEMENT_ballot_store;
    return call_query(call, store, values, &rows) && call_check(call, &rows) &&
           decision_settle(call, &decision) && call_answer_row(call, &rows);
}
