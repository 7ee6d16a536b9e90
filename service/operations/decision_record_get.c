/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "../record.h"
#include "decision_due.h"
#include "decision_markdown.h"
#include "decision_record.h"

#include <string.h>

/* As JSON the row itself with its digest, as Markdown written from it. */
bool decision_record_get(struct call *call)
{
    struct rows rows;
    struct json record;
    struct buf body;
    if (!decision_query(call, call->operation->statement, &rows) || !call_check(call, &rows))
        return false;
    const char *organisation_id = rows_text(&rows, 0, "organisation_id", call->arena);
    const char *id = rows_text(&rows, 0, "id", call->arena);
    if (!decision_record_read(call, organisation_id, id, &rows, &body, &record))
        return false;
    const char *media_type = call->response.media_type;
    if (media_type && strcmp(media_type, "text/markdown") == 0) {
        call->response.media_type = "text/markdown; charset=utf-8";
        buf_init(&body, call->arena, RESPONSE_BODY_MAX);
        decision_markdown(call->arena, &rows, &body);
    } else {
        body.len--; /* the closing brace */
        buf_printf(&body, ",\"digest\":\"%s\"}", record_digest(call->arena, &record));
    }
    return document_answer(call, body.data, body.len, NULL);
}
