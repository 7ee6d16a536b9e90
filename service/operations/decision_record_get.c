/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "decision_due.h"
#include "decision_markdown.h"

#include <string.h>

/* As JSON the row itself, as Markdown written from it. */
bool decision_record_get(struct call *call)
{
    struct rows rows;
    struct buf body;
    if (!decision_query(call, call->operation->statement, &rows) || !call_check(call, &rows))
        return false;
    const char *media_type = call->response.media_type;
    if (media_type && strcmp(media_type, "text/markdown") == 0) {
        call->response.media_type = "text/markdown; charset=utf-8";
        buf_init(&body, call->arena, RESPONSE_BODY_MAX);
        decision_markdown(call->arena, &rows, &body);
    } else if (call_answer_row(call, &rows)) {
        body = call->response.body;
    } else {
        return false;
    }
    return document_answer(call, body.data, body.len, NULL);
}
