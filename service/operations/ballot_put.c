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

/* Those whom a secret ballot carries, to be counted with it; NULL for none. */
static const char *carried_text(const struct decision_case *decision)
{
    const struct framework_rule *rule = &decision->framework.rule;
    const struct decide_proxy *carried;
    if (!rule->secret || !rule->proxy.allowed)
        return NULL;
    size_t count = decide_carries(&decision->facts, decision->member_id, &carried);
    return decision_proxies_text(decision->facts.arena, carried, count);
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
    if (!decision_take_ballot(call, &decision))
        return false;
    if (!decide_check_ballot(&decision.facts, decision.member_id, ballot,
                             json_get_int(body, "revision", decision.facts.revision), &refusal))
        return decision_refuse(call, &decision, &refusal);
    buf_init(&now, call->arena, SIZE_MAX);
    render_time(&now, decision.facts.now);
    bool secret = decision.framework.rule.secret;
    const char *const values[] = {decision.organisation_id, decision.id, decision.member_id,
                                  ballot_text(call, ballot),
                                  secret ? carried_text(&decision) : buf_cstr(&now)};
    const struct statement *store =
        secret ? &STATEMENT_ballot_store_secret : &STATEMENT_ballot_store;
    return call_query(call, store, values, &rows) && call_check(call, &rows) &&
           (decision.asks ? decision_ask(call, &decision)
                          : decision.waits || decision_settle(call, &decision)) &&
           call_answer_row(call, &rows);
}
