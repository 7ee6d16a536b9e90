/* SPDX-License-Identifier: Apache-2.0 */
#include "db.h"

#include "clock.h"
#include "fiber.h"
#include "log.h"
#include "sqlstate.h"

#include <assert.h>
#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_SECONDS "2"
#define CONNECT_PAUSE_US ((int64_t)500 * 1000)

struct db {
    struct db_settings settings;
    PGconn *conn;
    bool ready;     /* connected */
    bool *prepared; /* by number of the statement */
    bool in_transaction;
    bool marked;      /* within it, by a savepoint that the next one replaces */
    int64_t next_try; /* monotonic; not before this is a connection tried again */
    char error[256];
};

struct db *db_new(const struct db_settings *settings)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        abort();
    db->settings = *settings;
    db->prepared = calloc(statement_count, sizeof *db->prepared);
    if (!db->prepared)
        abort();
    return db;
}

static void disconnect(struct db *db)
{
    PQfinish(db->conn);
    db->conn = NULL;
    db->ready = false;
    db->in_transaction = false;
    memset(db->prepared, 0, statement_count * sizeof *db->prepared);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    disconnect(db);
    free(db->prepared);
    free(db);
}

bool db_is_connected(const struct db *db)
{
    return db->ready;
}

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

const char *db_last_error(const struct db *db)
{
    return db->error;
}

/* Keeps the first line of what libpq says, for the log. */
static void keep_error(struct db *db, const char *message)
{
    size_t len = strcspn(message, "\n");
    (void)snprintf(db->error, sizeof db->error, "%.*s", (int)(len < 200 ? len : 200), message);
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

struct opening {
    const char *const *keywords;
    const char *const *values;
    PGconn *conn;
};

/* libpq looks names up and tries one host after the other; waiting for all that is its own. */
static void open_now(void *arg)
{
    struct opening *opening = arg;
    opening->conn = PQconnectdbParams(opening->keywords, opening->values, 1);
}

static bool open_connection(struct db *db, bool bare)
{
    /* Planning these statements costs several times their execution, so each is planned once. Such
     * a plan can't know that most filters are absent and would rather sort a whole organisation
     * than walk the index of the list's order; and made while tables are small or their rows lie in
     * order, it would read all rows of a table or of an organisation to find the one whose key is
     * given. Where a sort is needed all the same, its forbidding price would have the statement
     * compiled, which takes a second. */
    char options[400];
    if (bare)
        (void)snprintf(options, sizeof options, "-c statement_timeout=%d -c TimeZone=UTC",
                       db->settings.statement_timeout_ms);
    else
        (void)snprintf(
            options, sizeof options,
            "-c statement_timeout=%d -c lock_timeout=%d -c TimeZone=UTC"
            " -c idle_in_transaction_session_timeout=10000 -c plan_cache_mode=force_generic_plan"
            " -c enable_sort=off -c enable_seqscan=off -c random_page_cost=1.1 -c jit=off"
            " -c cohelm.epoch=%d",
            db->settings.statement_timeout_ms, db->settings.lock_timeout_ms, db->settings.epoch);
    const char *keywords[] = {"dbname",          "application_name", "options", "connect_timeout",
                              "client_encoding", "tcp_user_timeout", NULL};
    const char *values[] = {db->settings.url, "cohelm", options, CONNECT_SECONDS,
                            "UTF8",           "5000",   NULL};
    struct opening opening = {.keywords = keywords, .values = values};
    fiber_offload(open_now, &opening);
    db->conn = opening.conn;
    if (PQstatus(db->conn) != CONNECTION_OK) {
        keep_error(db, PQerrorMessage(db->conn));
        disconnect(db);
        return false;
    }
    PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
    PQsetnonblocking(db->conn, 1); /* what the server does not take must not hold the worker */
    db->error[0] = '\0';
    return true;
}

/* Whether the server has ended the connection while nothing was asked, as it does when it stops. */
static bool died_while_idle(struct db *db)
{
    struct pollfd fd = {.fd = PQsocket(db->conn), .events = POLLIN};
    while (poll(&fd, 1, 0) > 0) /* first its last words, then the end */
        if (!PQconsumeInput(db->conn))
            return true;
    return false;
}

/* Waits until the answer to what was sent can be read without blocking. */
static bool wait_for_answer(struct db *db, int64_t deadline)
{
    for (;;) {
        int unsent = PQflush(db->conn);
        if (unsent < 0)
            return false;
        if (!unsent && !PQisBusy(db->conn))
            return true;
        int64_t left = deadline - clock_monotonic();
        if (left <= 0) {
            keep_error(db, "no answer in time");
            return false;
        }
        short events = (short)(POLLIN | (unsent ? POLLOUT : 0));
        int milliseconds = left / 1000 < INT_MAX ? (int)(left / 1000) + 1 : INT_MAX;
        if (fiber_wait_fd(PQsocket(db->conn), events, milliseconds) && !PQconsumeInput(db->conn)) {
            keep_error(db, PQerrorMessage(db->conn));
            return false;
        }
    }
}

/* The server ends a statement by its own timeout, if there is one; this one is for a server that
 * does not answer at all. */
static int64_t answer_deadline(const struct db *db)
{
    if (!db->settings.statement_timeout_ms)
        return INT64_MAX;
    return clock_monotonic() + (int64_t)db->settings.statement_timeout_ms * 1000 + 2000000;
}

/* The last result of what was sent, or NULL when the connection is lost or the time is over. */
static PGresult *read_answer(struct db *db)
{
    int64_t deadline = answer_deadline(db);
    PGresult *last = NULL;
    for (;;) {
        if (!wait_for_answer(db, deadline)) {
            PQclear(last);
            return NULL;
        }
        PGresult *next = PQgetResult(db->conn);
        if (!next)
            break;
        PQclear(last);
        last = next;
    }
    if (PQstatus(db->conn) == CONNECTION_OK)
        return last;
    keep_error(db, PQerrorMessage(db->conn)); /* a server that stops says so, and is gone */
    PQclear(last);
    return NULL;
}

/* What was sent may have failed at once. */
static PGresult *exchange(struct db *db, int sent)
{
    if (sent)
        return read_answer(db);
    keep_error(db, PQerrorMessage(db->conn));
    return NULL;
}

static bool unavailable(struct problem *problem)
{
    problem->retry_after = 1;
    return problem_set(problem, PROBLEM_UNAVAILABLE, "The database can't be reached just now.");
}

/* After a failed try the next one waits, longer when it took long: else a server that does not
 * answer would hold the worker all the time. */
static bool connect_when_due(struct db *db, bool bare)
{
    if (db->ready && (db->in_transaction || !died_while_idle(db)))
        return true;
    int64_t start = clock_monotonic();
    disconnect(db);
    if (start < db->next_try)
        return false;
    db->ready = open_connection(db, bare);
    if (db->ready)
        return true;
    if (!bare)
        log_error("can't connect to the database", "error", db->error, NULL);
    disconnect(db);
    int64_t end = clock_monotonic();
    int64_t took = end - start;
    db->next_try = end + (took > CONNECT_PAUSE_US ? took : CONNECT_PAUSE_US);
    return false;
}

bool db_try_connect(struct db *db)
{
    return connect_when_due(db, false);
}

bool db_connect(struct db *db, struct problem *problem)
{
    return db_try_connect(db) || unavailable(problem);
}

bool db_connect_bare(struct db *db, const char **error)
{
    *error = db->error;
    return connect_when_due(db, true);
}

/* ---- what went wrong ---- */

static void lose(struct db *db)
{
    log_error("database connection lost", "error", db->error, NULL);
    disconnect(db);
}

static bool lost_problem(struct problem *problem, bool committing)
{
    problem->retry_after = 1;
    if (committing)
        return problem_set(
            problem, PROBLEM_UNAVAILABLE,
            "The database connection was lost while the change was being committed: look "
            "whether it was made, or repeat the request with the same Idempotency-Key.");
    return problem_set(problem, PROBLEM_UNAVAILABLE, "The database connection was lost.");
}

static bool lost(struct db *db, struct problem *problem, bool committing)
{
    lose(db);
    return lost_problem(problem, committing);
}

/* `statement` is NULL for begin, commit and the like. */
static bool error_problem(struct db *db, const struct statement *statement, const PGresult *result,
                          bool *repeat, struct problem *problem)
{
    keep_error(db, PQresultErrorMessage(result));
    struct sqlstate_error error = {.state = PQresultErrorField(result, PG_DIAG_SQLSTATE),
                                   .constraint =
                                       PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME),
                                   .writes = !statement || statement->writes,
                                   .deletes = statement && statement->deletes};
    struct sqlstate_verdict verdict;
    if (!error.state)
        return lost(db, problem, false);
    sqlstate_problem(&error, &verdict, problem);
    if (repeat && verdict.repeat)
        *repeat = true;
    if (verdict.unusual)
        log_error("statement failed", "statement", statement ? statement->name : "", "sqlstate",
                  error.state, "constraint", error.constraint, "error", db->error, NULL);
    if (verdict.reconnect)
        disconnect(db);
    return false;
}

/* ---- running statements ---- */

static void clear_result(void *result)
{
    PQclear(result);
}

static void keep_rows(PGresult *result, struct arena *arena, struct rows *rows)
{
    arena_defer(arena, clear_result, result);
    *rows = (struct rows){
        .result = result, .count = (size_t)PQntuples(result), .columns = (size_t)PQnfields(result)};
}

/* Runs the statement with its parameters; the first time on this connection it is prepared for all
 * further times. NULL: the connection is lost; else the result, which may be an error. */
static PGresult *ask(struct db *db, const struct statement *statement,
                     const char *const *parameters)
{
    int count = (int)statement->binding_count;
    PGconn *conn = db->conn;
    if (!db->settings.named_statements)
        return exchange(
            db, PQsendQueryParams(conn, statement->sql, count, NULL, parameters, NULL, NULL, 1));
    if (!db->prepared[statement->number]) {
        PGresult *result =
            exchange(db, PQsendPrepare(conn, statement->name, statement->sql, 0, NULL));
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            return result;
        PQclear(result);
        db->prepared[statement->number] = true;
    }
    return exchange(db,
                    PQsendQueryPrepared(conn, statement->name, count, parameters, NULL, NULL, 1));
}

/* Whether an exchange failed because the connection had died: a server that is only slow would be
 * no faster the second time. */
static bool was_dead(const struct db *db)
{
    return PQstatus(db->conn) == CONNECTION_BAD;
}

bool db_run(struct db *db, const struct statement *statement, const char *const *parameters,
            struct arena *arena, struct rows *rows, bool *repeat, struct problem *problem)
{
    if (!db_connect(db, problem))
        return false;
    PGresult *result = ask(db, statement, parameters);
    if (!result && !statement->writes && !db->in_transaction && was_dead(db)) {
        disconnect(db); /* a read changes nothing: once more */
        if (!db_connect(db, problem))
            return false;
        result = ask(db, statement, parameters);
    }
    if (!result)
        return lost(db, problem, statement->writes && !db->in_transaction);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        error_problem(db, statement, result, repeat, problem);
        PQclear(result);
        return false;
    }
    keep_rows(result, arena, rows);
    return true;
}

/* ---- many reads at once ---- */

static bool send_prepare(struct db *db, const struct statement *statement)
{
    if (db->prepared[statement->number])
        return true;
    db->prepared[statement->number] = true; /* for those behind it, too */
    return PQsendPrepare(db->conn, statement->name, statement->sql, 0, NULL);
}

static bool send_reads(struct db *db, struct db_read *const *reads, size_t count, bool *prepares)
{
    for (size_t i = 0; i < count; i++) {
        const struct statement *statement = reads[i]->statement;
        prepares[i] = !db->prepared[statement->number];
        if (!send_prepare(db, statement) ||
            !PQsendQueryPrepared(db->conn, statement->name, (int)statement->binding_count,
                                 reads[i]->parameters, NULL, NULL, 1))
            return false;
    }
    return PQpipelineSync(db->conn);
}

/* False: the connection is lost. */
static bool receive_read(struct db *db, struct db_read *read, bool prepares)
{
    PGresult *result = NULL;
    bool repeat = false;
    if (prepares) {
        result = read_answer(db);
        if (!result)
            return false;
        db->prepared[read->statement->number] = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
    }
    result = read_answer(db);
    if (!result)
        return false;
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        keep_rows(result, read->arena, read->rows);
        read->state = READ_ANSWERED;
        return true;
    case PGRES_FATAL_ERROR:
        error_problem(db, read->statement, result, &repeat, read->problem);
        if (db->ready && !repeat)
            read->state = READ_REFUSED;
        else /* another change or the connection's end was in the way: it can be asked again */
            problem_init(read->problem, read->arena);
        break;
    default: /* skipped */
        break;
    }
    PQclear(result);
    return db->ready;
}

static bool receive_reads(struct db *db, struct db_read *const *reads, size_t count,
                          const bool *prepares)
{
    for (size_t i = 0; i < count; i++)
        if (!receive_read(db, reads[i], prepares[i]))
            return false;
    PGresult *end = read_answer(db);
    bool good = PQresultStatus(end) == PGRES_PIPELINE_SYNC;
    PQclear(end);
    return good && PQexitPipelineMode(db->conn);
}

/* Those whose connection has died can be asked again. */
static void lose_reads(struct db *db, struct db_read *const *reads, size_t count)
{
    bool dead = was_dead(db);
    if (dead)
        keep_error(db, PQerrorMessage(db->conn));
    lose(db);
    for (size_t i = 0; i < count && !dead; i++) {
        if (reads[i]->state != READ_OPEN)
            continue;
        lost_problem(reads[i]->problem, false);
        reads[i]->state = READ_REFUSED;
    }
}

void db_read_together(struct db *db, struct db_read *const *reads, size_t count)
{
    bool prepares[DB_READS_MAX];
    assert(count <= DB_READS_MAX && !db->in_transaction);
    if (!count || !db->settings.named_statements || !db_try_connect(db))
        return;
    if (PQenterPipelineMode(db->conn) && send_reads(db, reads, count, prepares) &&
        receive_reads(db, reads, count, prepares))
        return;
    if (db->ready) /* else it was given up because of what a statement met */
        lose_reads(db, reads, count);
}

static bool command(struct db *db, const char *sql, struct problem *problem)
{
    PGresult *result = exchange(db, PQsendQuery(db->conn, sql));
    if (!result)
        return lost(db, problem, false);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good)
        error_problem(db, NULL, result, NULL, problem);
    PQclear(result);
    return good;
}

static bool begin(struct db *db, const char *sql, struct problem *problem)
{
    if (!db_connect(db, problem))
        return false;
    PGresult *result = exchange(db, PQsendQuery(db->conn, sql));
    if (!result && was_dead(db)) { /* nothing was lost yet: once more on a new connection */
        disconnect(db);
        if (!db_connect(db, problem))
            return false;
        result = exchange(db, PQsendQuery(db->conn, sql));
    }
    if (!result)
        return lost(db, problem, false);
    db->in_transaction = PQresultStatus(result) == PGRES_COMMAND_OK;
    db->marked = false;
    if (!db->in_transaction)
        error_problem(db, NULL, result, NULL, problem);
    PQclear(result);
    return db->in_transaction;
}

bool db_begin(struct db *db, struct problem *problem)
{
    return begin(db, "begin", problem);
}

bool db_begin_snapshot(struct db *db, struct problem *problem)
{
    return begin(db, "begin isolation level repeatable read, read only", problem);
}

bool db_commit(struct db *db, bool *repeat, struct problem *problem)
{
    db->in_transaction = false;
    PGresult *result = exchange(db, PQsendQuery(db->conn, "commit"));
    if (!result)
        return lost(db, problem, true);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good) {
        error_problem(db, NULL, result, repeat, problem);
    } else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        /* PostgreSQL answers so when a statement had failed and nobody minded. */
        log_error("a failed transaction was to be committed", NULL);
        good = problem_set(problem, PROBLEM_INTERNAL_ERROR, NULL);
    }
    PQclear(result);
    return good;
}

void db_rollback(struct db *db)
{
    if (!db->in_transaction)
        return;
    db->in_transaction = false;
    PGresult *result = exchange(db, PQsendQuery(db->conn, "rollback"));
    if (!result || PQresultStatus(result) != PGRES_COMMAND_OK)
        disconnect(db);
    PQclear(result);
}

/* Those that are not released stand in each other, and PostgreSQL looks through all of them at each
 * row: the time of many would grow with the square of their number. */
bool db_savepoint(struct db *db, struct problem *problem)
{
    bool marked = db->marked;
    db->marked = true;
    return command(db, marked ? "release savepoint item; savepoint item" : "savepoint item",
                   problem);
}

bool db_rollback_to_savepoint(struct db *db, struct problem *problem)
{
    return command(db, "rollback to savepoint item", problem);
}

bool db_outer_savepoint(struct db *db, struct problem *problem)
{
    db->marked = false;
    return command(db, "savepoint whole", problem);
}

bool db_rollback_to_outer_savepoint(struct db *db, struct problem *problem)
{
    db->marked = false;
    return command(db, "rollback to savepoint whole", problem);
}

bool db_script(struct db *db, const char *sql, struct arena *arena, struct rows *rows,
               const char **error)
{
    PGresult *result = exchange(db, PQsendQuery(db->conn, sql));
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        *error = arena_strdup(arena, result ? PQresultErrorMessage(result) : db->error);
        if (!result)
            disconnect(db);
        PQclear(result);
        return false;
    }
    keep_rows(result, arena, rows);
    return true;
}

/* ---- rows as libpq has them; types and values are in rows.c ---- */

const char *rows_name(const struct rows *rows, size_t column)
{
    return PQfname(rows->result, (int)column);
}

uint32_t rows_type_number(const struct rows *rows, size_t column)
{
    return PQftype(rows->result, (int)column);
}

int rows_column(const struct rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->columns; i++)
        if (strcmp(PQfname(rows->result, (int)i), name) == 0)
            return (int)i;
    return -1;
}

bool rows_is_null(const struct rows *rows, size_t row, size_t column)
{
    return PQgetisnull(rows->result, (int)row, (int)column);
}

const void *rows_data(const struct rows *rows, size_t row, size_t column, size_t *len)
{
    *len = (size_t)PQgetlength(rows->result, (int)row, (int)column);
    return PQgetvalue(rows->result, (int)row, (int)column);
}
