/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_answer.h"

#include "../calendar.h"
#include "../document.h"
#include "../service.h"
#include "statements.gen.h"

#include <string.h>

/* The host of a URL, with its port. */
static const char *host_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return arena_strndup(arena, host, strcspn(host, "/"));
}

static void add_row(struct call *call, const struct rows *rows, size_t row, struct buf *out)
{
    struct arena *arena = call->arena;
    const char *url = call->service->config.public_url;
    const char *id = rows_text(rows, row, "decision_id", arena);
    const char *title = rows_text(rows, row, "title", arena);
    const char *phase = rows_text(rows, row, "phase", arena);
    const char *organisation = rows_text(rows, row, "organisation_name", arena);
    bool open = rows_bool(rows, row, "is_open");
    struct calendar_entry entry = {
        .uid =
            arena_printf(arena, "%s.%s@%s", id, open ? "deadline" : "review", host_of(arena, url)),
        .at = rows_text(rows, row, "at", arena),
        .changed_at = rows_text(rows, row, "updated_at", arena),
        .sequence = rows_int(rows, row, "version", 0),
        .summary = open ? arena_printf(arena, "%s: %s ends", title, phase)
                        : arena_printf(arena, "%s: review", title),
        .description =
            open ? arena_printf(arena, "%s: the phase %s of this decision ends.", organisation,
                                phase)
                 : arena_printf(arena, "%s: this decision in force is to be looked at again.",
                                organisation),
        .category = organisation,
        .url = arena_printf(arena, "%s/v1/organisations/%s/decisions/%s", url,
                            rows_text(rows, row, "organisation_id", arena), id),
    };
    calendar_add(out, &entry);
}

bool calendar_answer(struct call *call, const char *person_id, const char *organisation_id)
{
    const char *const values[] = {person_id, organisation_id};
    struct rows rows;
    struct buf body;
    if (!call_query(call, &STATEMENT_calendar_entries, values, &rows))
        return false;
    buf_init(&body, call->arena, RESPONSE_BODY_MAX);
    calendar_begin(&body, "Cohelm");
    for (size_t row = 0; row < rows.count; row++)
        add_row(call, &rows, row, &body);
    calendar_end(&body, rows.count == 0);
    call->response.media_type = "text/calendar; charset=utf-8";
    return document_answer(call, body.data, body.len, NULL);
}
