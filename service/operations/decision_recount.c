/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "../job.h"
#include "decision_case.h"
#include "decision_due.h"

#include <string.h>

static void write_answer(struct call *call, const struct rows *rows,
                         const struct decide_result *result, struct buf *report)
{
    struct json_writer w;
    const char *stored = rows_text(rows, 0, "count_report", call->arena);
    const char *outcome = rows_text(rows, 0, "outcome", call->arena);
    bool same = strlen(stored) == report->len && memcmp(stored, report->data, report->len) == 0 &&
                strcmp(outcome, decide_outcome_text(result->outcome)) == 0;
    struct buf *body = &call->response.body;
    jw_init(&w, body);
    jw_map(&w);
    jw_key_text(&w, "decision_id", rows_text(rows, 0, "id", call->arena));
    jw_key_bool(&w, "matches", same);
    jw_key_text(&w, "outcome", decide_outcome_text(result->outcome));
    jw_key(&w, "winners");
    jw_list(&w);
    for (size_t i = 0; i < result->winner_count; i++)
        jw_text(&w, result->winners[i]);
    jw_list_end(&w);
    jw_key(&w, "count_report");
    if (rows_bool(rows, 0, "hidden"))
        jw_null(&w);
    else
        jw_raw(&w, report->data, report->len);
    jw_map_end(&w);
    response_header(&call->response, "ETag", document_tag(call, body->data, body->len));
    call->response.status = call->operation->success;
}

/* Counts again from what is stored; nothing is changed. */
bool decision_recount(struct call *call)
{
    struct decision_case decision = {0};
    struct decide_result result;
    struct rows rows;
    struct buf report;
    if (!decision_query(call, call->operation->statement, &rows) || !call_check(call, &rows))
        return false;
    decision.organisation_id = rows_text(&rows, 0, "organisation_id", call->arena);
    decision.id = rows_text(&rows, 0, "id", call->arena);
    if (!decision_size(call, &decision, DECISION_LARGE))
        return false;
    if (job_wanted(call, decision.size > DECISION_LARGE))
        return job_queue(call);
    if (!decision_load(call, &decision) || !job_advance(call, 60))
        return false;
    buf_init(&report, call->arena, RESPONSE_BODY_MAX);
    decide_count(&decision.facts, &result, &report);
    write_answer(call, &rows, &result, &report);
    return true;
}
