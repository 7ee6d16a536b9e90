/* SPDX-License-Identifier: Apache-2.0 */
#include "../render.h"
#include "decision_case.h"
#include "statements.gen.h"

bool input_create(struct call *call)
{
    static const struct json nothing = {.type = JSON_MAP};
    const struct json *body = &call->input.body;
    const struct json *data = json_get(body, "data");
    struct decision_case decision;
    struct decide_refusal refusal;
    struct rows rows;
    struct buf now;
    static const char *const hidden[] = {NULL, "phase", "always"};
    if (data)
        decide_lower_ids(call->arena, json_get_text(body, "type"), data);
    if (!decision_take(call, BY_PERMISSION, &decision))
        return false;
    if (!decide_check_input(&decision.facts, decision.member_id, json_get_text(body, "type"),
                            data ? data : &nothing, json_get_text(body, "subject"),
                            json_get_int(body, "revision", decision.facts.revision), &refusal))
        return decision_refuse(call, &decision, &refusal);
    buf_init(&now, call->arena, SIZE_MAX);
    render_time(&now, decision.facts.now);
    const char *const values[] = {
        decision.organisation_id,
        decision.id,
        decision.member_id,
        decide_input_phase(&decision.facts, json_get_text(body, "type")),
        buf_cstr(&now),
        hidden[decide_hides(&decision.facts, json_get_text(body, "type"))]};
    return call_query(call, &STATEMENT_input_store, values, &rows) && call_check(call, &rows) &&
           decision_settle(call, &decision) && call_answer_row(call, &rows);
}
