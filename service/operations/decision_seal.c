/* SPDX-License-Identifier: Apache-2.0 */
#include "../record.h"
#include "../render.h"
#include "decision_record.h"
#include "statements.gen.h"

bool decision_record_read(struct call *call, const char *organisation_id, const char *decision_id,
                          bool trail, struct rows *rows, struct buf *text, struct json *record)
{
    const char *const values[] = {organisation_id, decision_id, trail ? "true" : "false"};
    const struct render_choice all = {0};
    struct json_error error;
    if (!call_query(call, &STATEMENT_decision_record, values, rows) || !call_check(call, rows))
        return false;
    buf_init(text, call->arena, trail ? RESPONSE_BODY_MAX : SIZE_MAX);
    if (!render_row(text, rows, 0, &all) || text->full ||
        !json_read(call->arena, text->data, text->len, record, &error))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    return true;
}

bool decision_seal(struct call *call, const char *organisation_id, const char *decision_id,
                   const char *report)
{
    struct rows rows;
    struct buf text, seal;
    struct json record;
    if (!decision_record_read(call, organisation_id, decision_id, false, &rows, &text, &record))
        return false;
    buf_init(&seal, call->arena, SIZE_MAX);
    record_seal(call->arena, &record, report, &seal);
    const char *const values[] = {organisation_id, decision_id, buf_cstr(&seal)};
    return call_query(call, &STATEMENT_decision_seal, values, &rows);
}
