/* SPDX-License-Identifier: Apache-2.0 */
#include "../call.h"
#include "../json.h"
#include "statements.gen.h"

/* Where an area lies is true of all areas below it too, so a move goes as that of a team does. */
bool area_update(struct call *call)
{
    struct rows rows;
    if (json_get(&call->input.body, "parent_id") &&
        !call_query(call, &STATEMENT_area_lock, NULL, &rows))
        return false;
    return call_query(call, call->operation->statement, NULL, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}
