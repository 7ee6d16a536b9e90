/* SPDX-License-Identifier: Apache-2.0 */
#include "framework_checked.h"
#include "statements.gen.h"

bool framework_create(struct call *call)
{
    struct rows rows;
    const char *definition;
    return call_query(call, &STATEMENT_framework_source, NULL, &rows) &&
           framework_checked(call, &rows, &definition) && framework_stored(call, definition);
}
