/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_due.h"

#include "../db_pool.h"
#include "../fiber.h"
#include "decision_case.h"
#include "statements.gen.h"

static bool settle(struct call *call, const char *organisation_id, const char *decision_id)
{
    const char *const ids[] = {organisation_id, decision_id,
                               arena_printf(call->arena, "%d", DECISION_LARGE)};
    struct decision_case decision = {.organisation_id = organisation_id, .id = decision_id};
    struct rows rows;
    return call_query(call, &STATEMENT_decision_lock_due, ids, &rows) &&
           (!rows.count || decision_settle(call, &decision));
}

static bool settle_in_transaction(struct call *call, const char *organisation_id,
                                  const char *decision_id)
{
    if (db_in_transaction(call->db))
        return settle(call, organisation_id, decision_id);
    if (!db_begin(call->db, &call->problem))
        return false;
    if (settle(call, organisation_id, decision_id) &&
        db_commit(call->db, &call->repeat, &call->problem))
        return true;
    db_rollback(call->db);
    return false;
}

struct due {
    struct call *call;
    const char *organisation_id, *decision_id;
    bool good;
};

static void settle_elsewhere(void *arg)
{
    struct due *due = arg;
    due->good = settle_in_transaction(due->call, due->organisation_id, due->decision_id);
}

/* Whoever has no connection yet takes one as for a change, and that in turn: else all who read what
 * is due would wait for its lock, each with a connection. */
static bool settle_in_turn(struct due *due)
{
    struct call *call = due->call;
    bool in_turn = fiber_is_one();
    if (in_turn && !db_pool_take_turn(call->pool, due->decision_id, &call->problem))
        return false;
    call->db = db_pool_take(call->pool, false, &call->problem);
    if (call->db) {
        fiber_offload(settle_elsewhere, due);
        db_pool_give_back(call->pool, call->db);
        call->db = NULL;
    }
    if (in_turn)
        db_pool_end_turn(call->pool, due->decision_id);
    return due->good;
}

bool decision_settle_due(struct call *call, const char *organisation_id, const char *decision_id)
{
    struct due due = {call, organisation_id, decision_id, false};
    if (!call->db)
        return settle_in_turn(&due);
    fiber_offload(settle_elsewhere, &due); /* there may be much to count */
    return due.good;
}

/* Settles what `_settle` names. */
static bool settle_all(struct call *call, const struct rows *rows)
{
    for (size_t row = 0; row < rows->count; row++) {
        size_t parts = 0;
        const char *const *ids = rows_texts(rows, row, "_settle", &parts, call->arena);
        for (size_t i = 0; ids && i + 1 < parts; i += 2)
            if (!decision_settle_due(call, ids[i], ids[i + 1]))
                return false;
    }
    return true;
}

static bool names_any(struct call *call, const struct rows *rows)
{
    size_t parts = 0;
    for (size_t row = 0; row < rows->count && !parts; row++)
        (void)rows_texts(rows, row, "_settle", &parts, call->arena);
    return parts > 0;
}

bool decision_query(struct call *call, const struct statement *statement, struct rows *rows)
{
    if (!call_query(call, statement, NULL, rows))
        return false;
    if (call->settled || rows_column(rows, "_settle") < 0 || !names_any(call, rows))
        return true;
    call->settled = true;
    if (call->leaves_due) {
        call->due = *rows;
        return false;
    }
    return settle_all(call, rows) && call_query(call, statement, NULL, rows);
}

bool decision_settle_left(struct call *call)
{
    return settle_all(call, &call->due);
}
