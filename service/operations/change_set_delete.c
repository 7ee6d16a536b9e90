/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set_edit.h"
#include "decision_case.h"
#include "statements.gen.h"

bool change_set_delete(struct call *call)
{
    struct change_set_edit edit;
    struct rows rows;
    if (!change_set_edit_begin(call, &edit))
        return false;
    if (!edit.set.exists)
        return problem_set(&call->problem, PROBLEM_NOT_FOUND, NULL);
    const char *const values[] = {edit.decision.organisation_id, edit.decision.id,
                                  edit.decision.member_id};
    const struct json none = {.type = JSON_LIST};
    if (edit.decision.facts.status == DECIDE_DRAFT) {
        if (!call_query(call, &STATEMENT_change_set_remove, values, &rows))
            return false;
    } else if (!change_set_edit_store(call, &edit, &none) ||
               !decision_settle(call, &edit.decision)) {
        return false;
    }
    call->response.status = call->operation->success;
    return true;
}
