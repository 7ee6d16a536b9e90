/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_chores.h"

#include "../log.h"
#include "change_set.h"
#include "decision_case.h"
#include "statements.gen.h"

/* Work on decisions that nobody asks for. `take` locks one that waits, but none of `failed`, and is
 * empty when there is none. */
struct chore {
    const struct statement *take;
    bool (*run)(struct call *call, struct decision_case *decision);
    const char *failure; /* the log line */
};

/* Does the next one in a transaction of its own. False: there was none, or it failed, and is then
 * added to `failed`. */
static bool do_next(struct call *call, const struct chore *chore, struct buf *failed, bool *found)
{
    struct rows rows = {0};
    struct decision_case decision = {0};
    const char *values[] = {arena_printf(call->arena, "{%s}", buf_cstr(failed))};
    *found = db_begin(call->db, &call->problem) && call_query(call, chore->take, values, &rows) &&
             rows.count;
    if (*found) {
        decision.organisation_id = rows_text(&rows, 0, "organisation_id", call->arena);
        decision.id = rows_text(&rows, 0, "id", call->arena);
        if (chore->run(call, &decision) && db_commit(call->db, &call->repeat, &call->problem))
            return true;
        buf_printf(failed, "%s%s", failed->len ? "," : "", decision.id);
    }
    db_rollback(call->db);
    return false;
}

static size_t do_batch(struct call *call, const struct chore *chore, size_t max)
{
    struct buf failed;
    size_t done = 0;
    bool found = true;
    buf_init(&failed, call->arena, SIZE_MAX);
    for (size_t i = 0; found && i < max; i++) {
        if (do_next(call, chore, &failed, &found))
            done++;
        else if (found)
            log_error(chore->failure, "problem", problem_kinds[call->problem.code].code, NULL);
        problem_init(&call->problem, call->arena);
    }
    return done;
}

size_t decision_settle_batch(struct call *call, size_t max)
{
    static const struct chore chore = {&STATEMENT_decision_take_due, decision_settle,
                                       "a decision could not be settled"};
    return do_batch(call, &chore, max);
}

/* A deadlock or a lost connection is no try: it leaves nothing, and is met again at once. */
static bool make_changes(struct call *call, struct decision_case *decision)
{
    return change_set_make(call, decision->organisation_id, decision->id, NULL, false);
}

size_t decision_change_batch(struct call *call, size_t max)
{
    static const struct chore chore = {&STATEMENT_change_set_take_waiting, make_changes,
                                       "changes of a decision could not be tried again"};
    return do_batch(call, &chore, max);
}

/* Whether something has happened to it. Looks without a lock first, so that others can vote
 * meanwhile. False: it can't be known just now. */
static bool has_ended(struct call *call, struct decision_case *decision, bool *ended)
{
    struct decide_step step;
    if (!decision_load(call, decision))
        return false;
    decide_settle(&decision->facts, &step);
    *ended = step.event_count > 0;
    return true;
}

static bool settle_asked(struct call *call, const struct rows *asked)
{
    struct decision_case decision = {.organisation_id =
                                         rows_text(asked, 0, "organisation_id", call->arena),
                                     .id = rows_text(asked, 0, "decision_id", call->arena)};
    const char *const values[] = {decision.organisation_id, decision.id,
                                  rows_text(asked, 0, "version", call->arena)};
    struct rows rows;
    bool ended;
    if (!has_ended(call, &decision, &ended))
        return false;
    if (!ended)
        return call_query(call, &STATEMENT_settlement_done, values, &rows);
    if (db_begin(call->db, &call->problem) &&
        call_query(call, &STATEMENT_decision_lock_open, values, &rows) &&
        (!rows.count || decision_settle(call, &decision)) &&
        call_query(call, &STATEMENT_settlement_done, values, &rows) &&
        db_commit(call->db, &call->repeat, &call->problem))
        return true;
    db_rollback(call->db);
    return false;
}

void decision_settle_asked(struct call *call, size_t max)
{
    static const char nothing[] = "00000000-0000-0000-0000-000000000000";
    const char *after[] = {nothing, nothing};
    struct rows rows;
    for (size_t i = 0; i < max; i++) {
        if (!call_query(call, &STATEMENT_settlement_next, after, &rows) || !rows.count)
            break;
        if (!settle_asked(call, &rows))
            log_error("a decision could not be settled", "problem",
                      problem_kinds[call->problem.code].code, NULL);
        problem_init(&call->problem, call->arena);
        after[0] = rows_text(&rows, 0, "organisation_id", call->arena);
        after[1] = rows_text(&rows, 0, "decision_id", call->arena);
    }
}

size_t decision_remind_batch(struct call *call, size_t max)
{
    const char *const values[] = {arena_printf(call->arena, "%zu", max)};
    struct rows rows;
    if (call_query(call, &STATEMENT_decision_remind, values, &rows))
        return (size_t)rows_int(&rows, 0, "reminded", 0);
    log_error("reminders could not be written", "problem", problem_kinds[call->problem.code].code,
              NULL);
    return 0;
}
