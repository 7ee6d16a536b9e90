/* SPDX-License-Identifier: Apache-2.0 */
#include "operate.h"

#include "answer.h"
#include "batch.h"
#include "bind.h"
#include "clock.h"
#include "db_reads.h"
#include "fiber.h"
#include "format.h"
#include "idempotency.h"
#include "operations/decision_due.h"
#include "service.h"

#include <string.h>

#define TRIES 3

int64_t call_now(void)
{
    return clock_now();
}

bool call_take_db(struct call *call)
{
    bool reading = call->operation && call->operation->method == METHOD_GET;
    if (!call->db)
        call->db = db_pool_take(call->pool, reading, &call->problem);
    if (call->db)
        call->db_takers++;
    return call->db != NULL;
}

void call_give_db_back(struct call *call)
{
    if (--call->db_takers)
        return;
    db_pool_give_back(call->pool, call->db);
    call->db = NULL;
}

/* On the connection of the call, or together with what other requests read. */
static bool ask(struct call *call, const struct statement *statement, const char **parameters,
                struct rows *rows)
{
    if (call->db)
        return db_run(call->db, statement, parameters, call->arena, rows, &call->repeat,
                      &call->problem);
    const char *person = call->signed_in ? call->principal.id : "";
    return db_reads_run(call->reads, statement, parameters, person, call->arena, rows,
                        &call->repeat, &call->problem);
}

/* Whether a query parameter that the statement binds was given. */
static bool is_filtered(const struct call *call, const struct statement *statement)
{
    for (size_t i = 0; i < statement->binding_count; i++) {
        const struct binding *binding = &statement->bindings[i];
        if (binding->source == SOURCE_QUERY &&
            (call->input.values[binding->index] || call->input.lists[binding->index]))
            return true;
    }
    return false;
}

bool call_query(struct call *call, const struct statement *statement, const char *const *values,
                struct rows *rows)
{
    if (call->adopted && statement->adopted)
        statement = statement->adopted;
    if (statement->unfiltered && !is_filtered(call, statement))
        statement = statement->unfiltered;
    return ask(call, statement, bind_parameters(call, statement, values, false), rows);
}

static bool run_list(struct call *call, const struct sort *sort)
{
    struct rows rows;
    if (!decision_query(call, sort->statement, &rows))
        return false;
    int64_t total = -1;
    if (answer_wants_count(call)) {
        struct rows count;
        const char **parameters = bind_parameters(call, sort->count_statement, NULL, true);
        if (!ask(call, sort->count_statement, parameters, &count))
            return false;
        total = rows_int(&count, 0, "total", 0);
    }
    return call_check(call, &rows) && answer_list(call, sort->statement, &rows, total);
}

static bool run_statement(struct call *call)
{
    const struct operation *operation = call->operation;
    if (operation->list)
        return run_list(call, call->input.sort ? call->input.sort : &operation->sorts[0]);
    struct rows rows;
    return decision_query(call, operation->statement, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}

bool operate_run(struct call *call)
{
    if (call->operation->run)
        return call->operation->run(call);
    if (call->operation->batch_of)
        return batch_run(call);
    return run_statement(call);
}

/* One statement is a transaction by itself; everything else is given one. */
static bool needs_transaction(const struct call *call, const char *key)
{
    return call->operation->run || call->operation->batch_of || call->input.validate_only || key;
}

static bool run_in_transaction(struct call *call, const char *key)
{
    if (!db_begin(call->db, &call->problem))
        return false;
    bool replayed = false;
    bool good = !key || idempotency_claim(call, key, &replayed);
    if (good && !replayed)
        good = (operate_run(call) || call->deferred) &&
               (!key || call->input.validate_only || idempotency_store(call, key));
    if (good && !replayed && !call->input.validate_only)
        good = db_commit(call->db, &call->repeat, &call->problem);
    else
        db_rollback(call->db);
    return good;
}

static void start_again(struct call *call)
{
    call->repeat = false;
    call->settled = call->deferred = false;
    const char *negotiated = call->response.media_type;
    problem_init(&call->problem, call->arena);
    response_init(&call->response, call->arena);
    call->response.media_type = negotiated;
}

/* Public documents need no database; everything else does. */
static bool needs_database(const struct operation *operation)
{
    return operation->admission != ADMIT_PUBLIC || operation->statement || operation->uses_database;
}

static void run_on_database(void *arg)
{
    struct call *call = arg;
    const char *key = call->operation->idempotent && call->signed_in
                          ? request_header(&call->request, "Idempotency-Key")
                          : NULL;
    for (int tries = 0; tries < TRIES; tries++) {
        start_again(call);
        call->good =
            needs_transaction(call, key) ? run_in_transaction(call, key) : operate_run(call);
        if (call->good || !call->repeat)
            break;
    }
}

/* An id is nobody else's; a key of the organisation's own may be another one's, too. */
static const char *turn_of_part(const struct call *call, const char *key)
{
    const char *organisation = call_argument(call, "organisation");
    if (!organisation || format_matches(FORMAT_UUID, key))
        return key;
    return arena_printf(call->arena, "%s/%s", organisation, key);
}

/* What is changed, or what the change belongs to, as changes of one thing wait for each other
 * anyhow; else, for what may take long, who asks. NULL: this call takes no turns. */
static const char *turn_of(const struct call *call)
{
    const struct operation *operation = call->operation;
    if (operation->method == METHOD_GET || !fiber_is_one())
        return NULL;
    for (size_t i = 0; i < operation->parameter_count; i++)
        if (operation->parameters[i].place == PLACE_PATH &&
            strcmp(operation->parameters[i].name, "organisation") != 0)
            return turn_of_part(call, call->input.values[i]);
    if (operation->method != METHOD_POST && call_argument(call, "organisation"))
        return call_argument(call, "organisation");
    bool long_one = operation->run || operation->batch_of || operation->method != METHOD_POST;
    return long_one && call->signed_in ? call->principal.id : NULL;
}

/* A plain read needs no connection of its own. */
static bool reads_with_others(const struct call *call)
{
    const struct operation *operation = call->operation;
    return operation->method == METHOD_GET && !operation->run && !call->db && fiber_is_one();
}

/* Logic may have much to count. */
static bool run_elsewhere(struct call *call)
{
    if (!call_take_db(call))
        return false;
    fiber_offload(run_on_database, call);
    call_give_db_back(call);
    return call->good;
}

/* What turns out to be due is settled from here, as that takes turns, and then it is run again. */
static bool run_logic(struct call *call)
{
    call->leaves_due = call->operation->method == METHOD_GET;
    bool good = run_elsewhere(call);
    call->leaves_due = false;
    if (!call->due.count)
        return good;
    return decision_settle_left(call) && run_elsewhere(call);
}

static bool operate_on_database(struct call *call)
{
    if (call->operation->run && fiber_is_one())
        return run_logic(call);
    if (!reads_with_others(call) && !call_take_db(call))
        return false;
    run_on_database(call);
    if (call->db)
        call_give_db_back(call);
    return call->good;
}

bool operate(struct call *call)
{
    if (!needs_database(call->operation))
        return call->operation->run(call);
    const char *turn = turn_of(call);
    if (turn && !db_pool_take_turn(call->pool, turn, &call->problem))
        return false;
    bool good = operate_on_database(call);
    if (turn)
        db_pool_end_turn(call->pool, turn);
    return good;
}
