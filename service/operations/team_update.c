/* SPDX-License-Identifier: Apache-2.0 */
#include "../call.h"
#include "../json.h"
#include "statements.gen.h"

/* Where a team lies, and whether it is hidden, is true of all teams below it too. So a change of
 * these first takes the organisation for itself: the statement after it then sees every team that
 * anybody has made or moved before. */
bool team_update(struct call *call)
{
    struct rows rows;
    bool reorders =
        json_get(&call->input.body, "parent_id") || json_get(&call->input.body, "visibility");
    if (reorders && !call_query(call, &STATEMENT_structure_lock, NULL, &rows))
        return false;
    return call_query(call, call->operation->statement, NULL, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}
