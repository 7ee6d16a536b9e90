/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set_edit.h"

#include "../bind.h"
#include "statements.gen.h"

bool change_set_edit_begin(struct call *call, struct change_set_edit *edit)
{
    struct decide_refusal refusal = {.code = PROBLEM_DECISION_STATE,
                                     .detail = "The decision is closed."};
    struct decision_case *decision = &edit->decision;
    edit->reverses = NULL;
    if (!decision_take(call, BY_PERMISSION_OR_FRAMEWORK, decision))
        return false;
    if (decision->facts.status == DECIDE_CLOSED ||
        (decision->facts.status == DECIDE_OPEN &&
         !decide_revise(&decision->facts, decision_actor(decision), &edit->step, &refusal)))
        return decision_refuse(call, decision, &refusal);
    return change_set_read(call, decision, bind_if_match(call), &edit->set);
}

/* Open already: whoever opened it stands for the changes, as far as that one's authority reached.
 */
static bool revise(struct call *call, struct change_set_edit *edit, const struct json *changes)
{
    const char *authority = edit->set.authority;
    if (changes->list.count && !change_set_authority(call, &edit->decision, changes, &authority))
        return false;
    if (authority != edit->set.authority)
        edit->set.authorised_by = edit->decision.member_id;
    edit->set.authority = authority;
    return decision_store(call, &edit->decision, &edit->step,
                          &(struct decision_change){.text = &call->input.body});
}

bool change_set_edit_store(struct call *call, struct change_set_edit *edit,
                           const struct json *changes)
{
    struct decision_case *decision = &edit->decision;
    struct buf text;
    struct rows rows;
    if (decision->facts.status == DECIDE_OPEN && !revise(call, edit, changes))
        return false;
    buf_init(&text, call->arena, SIZE_MAX);
    json_write(&text, changes);
    const char *const values[] = {
        decision->organisation_id,
        decision->id,
        arena_printf(call->arena, "%lld", (long long)decision->facts.revision),
        buf_cstr(&text),
        decision->member_id,
        edit->set.authority,
        edit->set.authorised_by,
        edit->reverses};
    return call_query(call, &STATEMENT_change_set_store, values, &rows);
}
