/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set_ready.h"
#include "change_set_rehearse.h"
#include "statements.gen.h"

#include <string.h>

bool change_set_read(struct call *call, const struct decision_case *decision, const char *if_match,
                     struct change_set *set)
{
    const char *const values[] = {decision->organisation_id, decision->id, decision->member_id,
                                  if_match};
    struct rows rows;
    *set = (struct change_set){0};
    if (!call_query(call, &STATEMENT_change_set_read, values, &rows) || !call_check(call, &rows))
        return false;
    set->exists = rows_json(&rows, 0, "changes", &set->changes, call->arena);
    (void)rows_json(&rows, 0, "reverse", &set->reverse, call->arena);
    set->status = rows_text(&rows, 0, "status", call->arena);
    set->authority = rows_text(&rows, 0, "authority", call->arena);
    set->authorised_by = rows_text(&rows, 0, "authorised_by", call->arena);
    set->revision = rows_int(&rows, 0, "revision", 0);
    set->adopted = rows_bool(&rows, 0, "adopted");
    set->owner = rows_bool(&rows, 0, "owner");
    set->governed = rows_bool(&rows, 0, "governed");
    return true;
}

/* ---- letting them take effect ---- */

static bool refuse_authority(struct call *call)
{
    call->problem.permission = CHANGE_SET_OPEN;
    return problem_set(&call->problem, PROBLEM_PERMISSION_DENIED,
                       "The decision changes the structure: that takes the permission %s.",
                       CHANGE_SET_OPEN);
}

bool change_set_authority(struct call *call, const struct decision_case *decision,
                          const struct json *changes, const char **authority)
{
    return change_set_reach(call, decision, changes, authority) &&
           (*authority || refuse_authority(call));
}

static bool authorise(struct call *call, const struct decision_case *decision,
                      const char *authority, const char *authorised_by)
{
    const char *const values[] = {decision->organisation_id, decision->id, authority, authorised_by,
                                  decision->member_id};
    struct rows rows;
    return call_query(call, &STATEMENT_change_set_authorise, values, &rows);
}

/* What is in the way of the changes may have been hidden from whoever proposed them; whoever opens
 * the decision may see it. */
static bool check_obstacles(struct call *call, const struct decision_case *decision,
                            const struct json *changes, struct faults *faults)
{
    struct change_run run;
    change_run_init(&run, call, decision->organisation_id, decision->id, changes);
    run.obstacles = faults;
    return change_set_rehearse(&run);
}

bool change_set_open(struct call *call, const struct decision_case *decision)
{
    struct change_set set;
    struct faults faults;
    faults_init(&faults, call->arena);
    if (!change_set_ready(call, decision, &set, &faults))
        return false;
    if (!set.exists)
        return true;
    if (!set.authority)
        return refuse_authority(call);
    if (!check_obstacles(call, decision, &set.changes, &faults))
        return false;
    return problem_unless_clean(&call->problem, PROBLEM_DECISION_NOT_READY, &faults) &&
           authorise(call, decision, set.authority, decision->member_id);
}

/* As somebody would read it who is a member for sure. */
static bool read_as(struct call *call, const struct decision_case *decision, const char *member,
                    struct change_set *set)
{
    struct decision_case seen = *decision;
    seen.member_id = member;
    return change_set_read(call, &seen, NULL, set);
}

bool change_set_follow(struct call *call, const struct decision_case *continued,
                       const struct decision_case *decision, struct faults *faults)
{
    struct change_set before, set;
    if (!read_as(call, continued, continued->facts.proposer, &before))
        return false;
    if (!before.exists)
        return true;
    if (!read_as(call, decision, before.authorised_by, &set))
        return false;
    change_set_check(decision, &set, before.authorised_by, faults);
    return faults->found || authorise(call, decision, before.authority, before.authorised_by);
}

bool change_set_answer(struct call *call, const struct decision_case *decision)
{
    const char *const ids[] = {decision->organisation_id, decision->id};
    struct rows rows;
    return call_query(call, &STATEMENT_change_set_show, ids, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}
