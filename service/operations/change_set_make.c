/* SPDX-License-Identifier: Apache-2.0 */
/* Making the changes of an adopted decision, and undoing them: all or none. */
#include "../log.h"
#include "change_run.h"
#include "change_set.h"
#include "statements.gen.h"

#include <string.h>

/* The pauses add up to about two hours. */
#define TRIES_MAX "10"
#define PAUSE_SECONDS "10"

/* What audit rows and events of the changes name as their cause; "" for none. */
static bool set_cause(struct call *call, const char *decision_id)
{
    struct rows rows;
    return call_query(call, &STATEMENT_change_authority, &decision_id, &rows);
}

/* Makes all of them, or goes back to the caller's outer mark and run->faults says why. False: the
 * database failed. */
static bool run_whole(struct change_run *run)
{
    struct call *call = run->call;
    return set_cause(call, run->decision_id) && change_run(run) &&
           (run->faults.found ? db_rollback_to_outer_savepoint(call->db, &call->problem)
                              : set_cause(call, ""));
}

static const char *failure_text(const struct change_run *run)
{
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, run->call->arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_map(&w);
    jw_key_text(&w, "detail", run->faults.items[0].detail);
    jw_key(&w, "errors");
    jw_list(&w);
    for (size_t i = 0; i < run->faults.count; i++) {
        jw_map(&w);
        jw_key_text(&w, "pointer", run->faults.items[i].pointer);
        jw_key_text(&w, "code", run->faults.items[i].code);
        jw_key_text(&w, "detail", run->faults.items[i].detail);
        jw_map_end(&w);
    }
    jw_list_end(&w);
    jw_map_end(&w);
    return buf_cstr(&buf);
}

/* No row: the decision is not adopted, which the callers have made sure of. The whole transaction
 * goes then, so nothing is ever changed by what nobody has adopted. */
static bool settle(struct call *call, const char *const *values)
{
    struct rows rows;
    if (!call_query(call, &STATEMENT_change_set_settle, values, &rows))
        return false;
    return rows.count || problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
}

/* Adoption stands: what could not be tried is tried again later, or when somebody asks for it. */
static bool leave(struct call *call, const char *organisation_id, const char *decision_id)
{
    const struct problem *problem = &call->problem;
    const char *reason = problem->detail ? problem->detail : problem_kinds[problem->code].title;
    const char *const values[] = {organisation_id, decision_id, reason, TRIES_MAX, PAUSE_SECONDS};
    struct rows rows;
    log_error("changes of a decision could not be tried", "problem",
              problem_kinds[problem->code].code, NULL);
    problem_init(&call->problem, call->arena);
    return db_rollback_to_outer_savepoint(call->db, &call->problem) &&
           call_query(call, &STATEMENT_change_set_postpone, values, &rows);
}

/* The decision whose changes these undo. `*revision` NULL: they are not in effect. */
static bool take_reversed(struct call *call, const char *const *ids, const char **revision)
{
    struct rows rows;
    if (!call_query(call, &STATEMENT_change_set_take_applied, ids, &rows))
        return false;
    *revision = rows.count && rows_bool(&rows, 0, "applied")
                    ? rows_text(&rows, 0, "revision", call->arena)
                    : NULL;
    return true;
}

/* What a team's authority reached when the decision was opened may lie elsewhere since. */
static bool check_reach(struct change_run *run, const char *authority)
{
    struct call *call = run->call;
    struct buf changes;
    struct rows rows;
    if (strcmp(authority, "team") != 0)
        return true;
    buf_init(&changes, call->arena, SIZE_MAX);
    json_write(&changes, run->changes);
    const char *const values[] = {run->organisation_id, run->decision_id, NULL, buf_cstr(&changes)};
    if (!call_query(call, &STATEMENT_change_set_reach, values, &rows))
        return false;
    if (!rows_bool(&rows, 0, "within_team"))
        faults_add(&run->faults, "/changes", FAULT_ITEM_REFUSED,
                   "They reach beyond the team by whose authority the decision was opened.");
    return true;
}

/* Makes them, or says in run->faults why not. `reversed`: the organisation and the decision whose
 * changes these undo, or NULL. */
static bool make_all(struct change_run *run, const char *authority, const char *const *reversed)
{
    struct call *call = run->call;
    const char *revision = NULL;
    if (!check_reach(run, authority))
        return false;
    if (run->faults.found)
        return true;
    if (reversed && !take_reversed(call, reversed, &revision))
        return false;
    if (reversed && !revision) {
        faults_add(&run->faults, "/reverses", FAULT_ITEM_REFUSED,
                   "The changes that it undoes are not in effect.");
        return true;
    }
    if (!run_whole(run))
        return false;
    if (!reversed || run->faults.found)
        return true;
    const char *const values[] = {reversed[0], reversed[1], revision, "reversed", NULL,
                                  NULL,        NULL,        NULL,     "false"};
    return set_cause(call, run->decision_id) && settle(call, values) && set_cause(call, "");
}

bool change_set_make(struct call *call, const char *organisation_id, const char *decision_id,
                     const char *actor_id, bool must)
{
    const char *const ids[] = {organisation_id, decision_id};
    struct rows rows;
    struct json changes;
    struct change_run run;
    size_t count;
    if (!call_query(call, &STATEMENT_change_set_take, ids, &rows))
        return false;
    if (!rows.count || !rows_json(&rows, 0, "changes", &changes, call->arena))
        return true;
    change_run_init(&run, call, organisation_id, decision_id, &changes);
    run.winners = rows_texts(&rows, 0, "winners", &count, call->arena);
    run.winner_count = run.winners ? count : 0;
    const char *const reversed[] = {organisation_id, rows_text(&rows, 0, "reverses", call->arena)};
    if (!db_outer_savepoint(call->db, &call->problem))
        return false;
    const char *authority = rows_text(&rows, 0, "authority", call->arena);
    if (!make_all(&run, authority, reversed[1] ? reversed : NULL))
        return !must && !call->repeat && db_in_transaction(call->db) &&
               leave(call, organisation_id, decision_id);
    bool failed = run.faults.found > 0;
    const char *revision = rows_text(&rows, 0, "revision", call->arena);
    const char *const values[] = {organisation_id,
                                  decision_id,
                                  revision,
                                  failed ? "failed" : "applied",
                                  failed ? NULL : change_run_resources(&run),
                                  failed ? NULL : change_run_reverse(&run),
                                  failed ? failure_text(&run) : NULL,
                                  actor_id,
                                  "false"};
    return settle(call, values);
}

bool change_set_undo(struct call *call, const struct decision_case *decision,
                     const struct change_set *set)
{
    struct change_run run;
    change_run_init(&run, call, decision->organisation_id, decision->id, &set->reverse);
    run.pointer = "/reverse";
    if (!db_outer_savepoint(call->db, &call->problem) || !run_whole(&run) ||
        !problem_unless_clean(&call->problem, PROBLEM_CONFLICT, &run.faults))
        return false;
    const char *const values[] = {decision->organisation_id,
                                  decision->id,
                                  arena_printf(call->arena, "%lld", (long long)set->revision),
                                  "reversed",
                                  NULL,
                                  NULL,
                                  NULL,
                                  decision->member_id,
                                  set->governed ? "true" : "false"};
    return settle(call, values);
}
