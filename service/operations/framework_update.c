/* SPDX-License-Identifier: Apache-2.0 */
#include "framework_checked.h"
#include "statements.gen.h"

bool framework_update(struct call *call)
{
    struct rows rows;
    const char *definition;
    return call_query(call, &STATEMENT_framework_edited, NULL, &rows) &&
           framework_checked(call, &rows, &definition) && framework_stored(call, definition);
}
