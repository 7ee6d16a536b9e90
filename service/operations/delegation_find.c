/* SPDX-License-Identifier: Apache-2.0 */
#include "delegation_find.h"

#include "statements.gen.h"

bool delegation_find(struct call *call, const struct decision_case *decision,
                     struct delegation *delegation, struct json *frozen)
{
    const char *const ids[] = {decision->organisation_id, decision->id};
    struct rows rows;
    *delegation = (struct delegation){0};
    *frozen = (struct json){.type = JSON_NULL_VALUE};
    if (!call_query(call, &STATEMENT_delegation_find, ids, &rows))
        return false;
    if (!rows.count)
        return true;
    delegation->level = rows_int(&rows, 0, "level", 0);
    delegation->delegator = rows_text(&rows, 0, "delegator_id", call->arena);
    delegation->team = rows_texts(&rows, 0, "team", &delegation->team_count, call->arena);
    (void)rows_json(&rows, 0, "frozen", frozen, call->arena);
    return true;
}
