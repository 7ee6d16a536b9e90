/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set_edit.h"
#include "change_set_ready.h"
#include "change_set_rehearse.h"
#include "statements.gen.h"

#include <string.h>

/* The teams that the changes name, as the caller may. */
static bool find_teams(struct call *call, const struct json *changes, struct change_teams *teams)
{
    struct buf names;
    struct rows rows;
    buf_init(&names, call->arena, SIZE_MAX);
    change_team_names(changes, &names);
    const char *const values[] = {buf_cstr(&names)};
    *teams = (struct change_teams){0};
    if (!call_query(call, &STATEMENT_change_teams, values, &rows) || !call_check(call, &rows))
        return false;
    teams->seen = rows_texts(&rows, 0, "seen", &teams->seen_count, call->arena);
    teams->hidden = rows_texts(&rows, 0, "private", &teams->hidden_count, call->arena);
    return true;
}

/* Publishing means the draft that was there when it was proposed: others may change it meanwhile.
 */
static struct json pin(struct arena *arena, const struct json *change, const struct json *made)
{
    struct json pinned = *change;
    if (!json_is_text(json_get(change, "operation"), "framework_publish") ||
        json_get(change, "if_match"))
        return pinned;
    const char *tag = arena_printf(arena, "%lld", (long long)json_get_int(made, "version", 1) - 1);
    struct json_member *members = arena_array(arena, change->map.count + 1, sizeof *members);
    memcpy(members, change->map.members, change->map.count * sizeof *members);
    members[change->map.count] =
        (struct json_member){.key = "if_match",
                             .key_len = strlen("if_match"),
                             .value = {.type = JSON_TEXT, .text = {tag, strlen(tag)}}};
    pinned.map.members = members;
    pinned.map.count++;
    return pinned;
}

static struct json pin_all(const struct change_run *run)
{
    struct arena *arena = run->call->arena;
    struct json pinned = *run->changes;
    pinned.list.items = arena_array(arena, pinned.list.count, sizeof *pinned.list.items);
    for (size_t i = 0; i < pinned.list.count; i++)
        pinned.list.items[i] = pin(arena, &run->changes->list.items[i], &run->made[i]);
    return pinned;
}

/* The changes of the body, or those that undo what another decision has changed. */
static bool find_changes(struct call *call, struct change_set_edit *edit, struct json *changes)
{
    const struct json *body = &call->input.body, *given = json_get(body, "changes");
    struct faults faults;
    struct rows rows;
    faults_init(&faults, call->arena);
    edit->reverses = json_get_text(body, "reverses");
    if (!given == !edit->reverses)
        faults_add(&faults, "/changes", given ? FAULT_CONFIG_CONFLICT : FAULT_REQUIRED,
                   "Give either changes or the decision that is reversed.");
    if (!problem_unless_clean(&call->problem, PROBLEM_INVALID_BODY, &faults))
        return false;
    if (given) {
        *changes = *given;
        return true;
    }
    if (!call_query(call, &STATEMENT_change_set_undoing, &edit->reverses, &rows))
        return false;
    if (rows.count && rows_json(&rows, 0, "reverse", changes, call->arena))
        return true;
    faults_add(&faults, "/reverses", FAULT_UNKNOWN_REFERENCE,
               "There is no such decision with changes in effect.");
    return problem_unless_clean(&call->problem, PROBLEM_CHANGES_REFUSED, &faults);
}

bool change_set_put(struct call *call)
{
    struct change_set_edit edit;
    struct change_teams teams;
    struct change_run run;
    struct json changes;
    struct rows rows;
    if (!change_set_edit_begin(call, &edit) || !find_changes(call, &edit, &changes) ||
        !find_teams(call, &changes, &teams))
        return false;
    const char *const ids[] = {edit.decision.organisation_id, edit.decision.id};
    change_run_init(&run, call, ids[0], ids[1], &changes);
    run.teams = &teams;
    change_set_check_options(&edit.decision.facts, &changes, &run.faults);
    if (!change_set_rehearse(&run) ||
        !problem_unless_clean(&call->problem, PROBLEM_CHANGES_REFUSED, &run.faults))
        return false;
    struct json pinned = pin_all(&run);
    return change_set_edit_store(call, &edit, &pinned) &&
           call_query(call, &STATEMENT_change_set_show, ids, &rows) && call_check(call, &rows) &&
           decision_settle(call, &edit.decision) && call_answer_row(call, &rows);
}
