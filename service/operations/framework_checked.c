/* SPDX-License-Identifier: Apache-2.0 */
#include "framework_checked.h"

#include "../decide/framework.h"

bool framework_checked(struct call *call, const struct rows *rows, const char **text)
{
    if (!call_check(call, rows))
        return false;
    struct json definition;
    if (!rows_json(rows, 0, "definition", &definition, call->arena))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    struct framework framework;
    struct faults faults;
    faults_init(&faults, call->arena);
    if (framework_read(call->arena, &definition, &framework, &faults)) {
        framework_check_counted(&framework, &faults);
        framework_check_fallback(&framework, &faults);
    }
    for (size_t i = 0; i < faults.count; i++)
        faults.items[i].pointer =
            arena_printf(call->arena, "/definition%s", faults.items[i].pointer);
    *text = rows_text(rows, 0, "definition", call->arena);
    return problem_unless_clean(&call->problem, PROBLEM_FRAMEWORK_INVALID, &faults);
}

bool framework_stored(struct call *call, const char *definition)
{
    struct rows rows;
    return call_query(call, call->operation->statement, &definition, &rows) &&
           call_check(call, &rows) && call_answer_row(call, &rows);
}
