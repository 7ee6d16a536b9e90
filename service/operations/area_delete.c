/* SPDX-License-Identifier: Apache-2.0 */
#include "../call.h"
#include "statements.gen.h"

/* Whatever uses an area holds it until that is stored, so nothing is in use once we hold it that
 * the statement after does not see. */
bool area_delete(struct call *call)
{
    struct rows rows;
    return call_query(call, &STATEMENT_area_hold, NULL, &rows) &&
           call_query(call, call->operation->statement, NULL, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}
