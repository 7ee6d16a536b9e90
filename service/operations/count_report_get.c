/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "decision_due.h"

#include <string.h>

/* The body is the report itself, byte for byte as it was stored, so that it can be compared and
 * hashed. */
bool count_report_get(struct call *call)
{
    struct rows rows;
    if (!decision_query(call, call->operation->statement, &rows) || !call_check(call, &rows))
        return false;
    const char *report = rows_text(&rows, 0, "count_report", call->arena);
    return document_answer(call, report, strlen(report), NULL);
}
