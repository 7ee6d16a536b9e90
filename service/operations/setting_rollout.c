/* SPDX-License-Identifier: Apache-2.0 */
#include "setting_rollout.h"

#include "../log.h"
#include "statements.gen.h"

#include <string.h>

struct rollout {
    const char *organisation_id; /* NULL: there is none */
    const char *setting;
    const char *decision_id; /* it has got so far */
};

static bool take(struct call *call, struct rollout *rollout)
{
    struct rows rows;
    if (!call_query(call, &STATEMENT_setting_rollout_take, NULL, &rows))
        return false;
    rollout->organisation_id = rows_text(&rows, 0, "organisation_id", call->arena);
    rollout->setting = rows_text(&rows, 0, "setting", call->arena);
    rollout->decision_id = rows_text(&rows, 0, "decision_id", call->arena);
    return true;
}

/* The decisions are locked by a statement of its own, so that the next one sees what those have
 * written who held them until then. */
static bool roll_out(struct call *call, const struct rollout *rollout)
{
    const char *const place[] = {rollout->organisation_id, rollout->setting, rollout->decision_id};
    const struct statement *statement = strcmp(rollout->setting, "language") == 0
                                            ? &STATEMENT_setting_rollout_language
                                            : &STATEMENT_setting_rollout_reminders;
    struct rows rows;
    if (!call_query(call, &STATEMENT_setting_rollout_lock, place, &rows))
        return false;
    const char *decisions = rows_text(&rows, 0, "decisions", call->arena);
    const char *const what[] = {rollout->organisation_id, decisions};
    const char *const progress[] = {rollout->organisation_id, rollout->setting, decisions};
    return (!decisions || call_query(call, statement, what, &rows)) &&
           call_query(call, &STATEMENT_setting_rollout_store, progress, &rows);
}

/* One that fails may not keep those of others waiting. */
static void postpone(struct call *call, const struct rollout *rollout)
{
    const char *const ids[] = {rollout->organisation_id, rollout->setting};
    struct rows rows;
    log_error("a changed setting could not be brought to its decisions", "problem",
              problem_kinds[call->problem.code].code, NULL);
    problem_init(&call->problem, call->arena);
    if (rollout->organisation_id)
        call_query(call, &STATEMENT_setting_rollout_postpone, ids, &rows);
}

bool setting_rollout_batch(struct call *call)
{
    struct rollout rollout = {0};
    if (db_begin(call->db, &call->problem) && take(call, &rollout) &&
        (!rollout.organisation_id || roll_out(call, &rollout)) &&
        db_commit(call->db, &call->repeat, &call->problem))
        return rollout.organisation_id;
    db_rollback(call->db);
    postpone(call, &rollout);
    return false;
}
