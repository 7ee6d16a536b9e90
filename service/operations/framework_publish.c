/* SPDX-License-Identifier: Apache-2.0 */
#include "framework_checked.h"
#include "statements.gen.h"

/* The draft was checked when it was saved, but perhaps by a version of the service that knew other
 * rules. */
bool framework_publish(struct call *call)
{
    struct rows rows;
    const char *definition;
    return call_query(call, &STATEMENT_framework_draft, NULL, &rows) &&
           framework_checked(call, &rows, &definition) && framework_stored(call, definition);
}
