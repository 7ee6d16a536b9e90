/* SPDX-License-Identifier: Apache-2.0 */
#include "follow_up_check.h"
#include "framework_checked.h"
#include "statements.gen.h"

/* What was checked already; what it names may have gone since. */
static bool check_fallback(struct call *call, const struct rows *draft)
{
    struct json definition;
    struct framework framework;
    struct faults faults;
    struct rows row;
    faults_init(&faults, call->arena);
    if (!rows_json(draft, 0, "definition", &definition, call->arena) ||
        !framework_read(call->arena, &definition, &framework, &faults))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    return follow_up_check(call, rows_text(draft, 0, "organisation_id", call->arena), &framework,
                           "/definition", &row, &faults) &&
           problem_unless_clean(&call->problem, PROBLEM_FRAMEWORK_INVALID, &faults);
}

/* The draft was checked when it was saved, but perhaps by a version of the service that knew other
 * rules. */
bool framework_publish(struct call *call)
{
    struct rows rows;
    const char *definition;
    return call_query(call, &STATEMENT_framework_draft, NULL, &rows) &&
           framework_checked(call, &rows, &definition) && check_fallback(call, &rows) &&
           framework_stored(call, definition);
}
