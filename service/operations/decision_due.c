/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_due.h"

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

bool decision_settle_due(struct call *call, const char *organisation_id, const char *decision_id)
{
    if (!call_take_db(call))
        return false;
    bool good = settle_in_transaction(call, organisation_id, decision_id);
    call_give_db_back(call);
    return good;
}

/* Settles what `_settle` names. `*again`: there was something. */
static bool settle_rows(struct call *call, const struct rows *rows, bool *again)
{
    *again = false;
    if (call->settled || rows_column(rows, "_settle") < 0)
        return true;
    call->settled = true;
    for (size_t row = 0; row < rows->count; row++) {
        size_t count = 0;
        const char *const *ids = rows_texts(rows, row, "_settle", &count, call->arena);
        for (size_t i = 0; ids && i + 1 < count; i += 2) {
            *again = true;
            if (!decision_settle_due(call, ids[i], ids[i + 1]))
                return false;
        }
    }
    return true;
}

bool decision_query(struct call *call, const struct statement *statement, struct rows *rows)
{
    bool again;
    return call_query(call, statement, NULL, rows) && settle_rows(call, rows, &again) &&
           (!again || call_query(call, statement, NULL, rows));
}
