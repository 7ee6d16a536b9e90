/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to the database: statements prepared once, answers in binary. db.c is the
 * only file that includes libpq. This is the one place where a request may wait: no mutex is held
 * across it and nothing here depends on the calling thread. */
#ifndef COHELM_DB_H
#define COHELM_DB_H

#include "arena.h"
#include "json.h"
#include "operation.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db; /* one connection with its prepared statements; used by one request at a time */

struct db_settings {
    const char *url;          /* libpq connection string or URI */
    int statement_timeout_ms; /* 0: none, for migrations */
    int lock_timeout_ms;
    int epoch;             /* of the events that are written, see migrate_check */
    bool named_statements; /* false behind a pooler that can't keep prepared statements */
};

/* A new connection object, not yet connected. Never fails. db_close frees it. */
struct db *db_new(const struct db_settings *settings);
void db_close(struct db *db);

/* Connects, at once if it is not connected; after a failed try, not
 * before a short pause has passed. False: 503 unavailable. */
bool db_connect(struct db *db, struct problem *problem);
bool db_try_connect(struct db *db);

/* Whether the connection was there when it was last used. For its own thread only. */
bool db_is_connected(const struct db *db);

/* Why the last connection attempt failed, for the log; "" if it did not. */
const char *db_last_error(const struct db *db);

/* The rows of an answer. Values are PostgreSQL's binary form. */
struct rows {
    void *result; /* PGresult; freed with the arena */
    size_t count;
    size_t columns;
};

/* Runs a prepared statement in its own transaction, or in the one that db_begin opened.
 * `parameters` are texts, NULL for null. False: the problem is set: unavailable, too_slow, the
 * problem of a violated constraint, or internal_error. `*repeat` (may be NULL) is set when the
 * transaction should be tried again (serialization failure or deadlock). */
bool db_run(struct db *db, const struct statement *statement, const char *const *parameters,
            struct arena *arena, struct rows *rows, bool *repeat, struct problem *problem);

/* A read that is asked together with others. What is in it is as for db_run. */
struct db_read {
    const struct statement *statement;
    const char *const *parameters;
    struct arena *arena;
    struct rows *rows;
    struct problem *problem;
    enum {
        READ_OPEN, /* not answered: to be run by itself */
        READ_ANSWERED,
        READ_REFUSED, /* the problem is set */
    } state;
};

/* Asks all of them before it waits for the first answer, which saves most of what it costs to ask:
 * the server and this thread wake once for all. They share a transaction, so the server skips those
 * behind one that fails, and those stay READ_OPEN; as do one that should be tried again and all
 * that a dying connection left without an answer. Only statements that do not write, outside a
 * transaction; at most DB_READS_MAX. */
#define DB_READS_MAX 32
void db_read_together(struct db *db, struct db_read *const *reads, size_t count);

bool db_begin(struct db *db, struct problem *problem);
/* A transaction that only reads, and sees all as it is at its first statement. */
bool db_begin_snapshot(struct db *db, struct problem *problem);
bool db_commit(struct db *db, bool *repeat, struct problem *problem);
void db_rollback(struct db *db);
/* A mark in the open transaction, and back to it; a new mark replaces the one before. */
bool db_savepoint(struct db *db, struct problem *problem);
bool db_rollback_to_savepoint(struct db *db, struct problem *problem);
/* A mark around those: going back to it forgets them. */
bool db_outer_savepoint(struct db *db, struct problem *problem);
bool db_rollback_to_outer_savepoint(struct db *db, struct problem *problem);
bool db_in_transaction(const struct db *db);

/* Runs SQL text without parameters (migrations, start-up checks); answers come as text. `*error` is
 * for the operator. */
bool db_script(struct db *db, const char *sql, struct arena *arena, struct rows *rows,
               const char **error);

/* Connects without preparing statements, for migrations and checks; like db_connect when it is
 * connected already. `*error` lives as long as `db`. */
bool db_connect_bare(struct db *db, const char **error);

/* ---- reading rows ---- */

/* Column types that the service knows how to read and write. */
enum column_type {
    COLUMN_BOOL,
    COLUMN_INT2,
    COLUMN_INT4,
    COLUMN_INT8,
    COLUMN_TEXT,
    COLUMN_UUID,
    COLUMN_TIMESTAMPTZ,
    COLUMN_DATE,
    COLUMN_JSON,
    COLUMN_JSONB,
    COLUMN_BYTEA,
    COLUMN_XID8,
    COLUMN_TEXT_ARRAY,
    COLUMN_UUID_ARRAY,
    COLUMN_INT4_ARRAY,
    COLUMN_INT8_ARRAY,
    COLUMN_UNKNOWN
};

const char *rows_name(const struct rows *rows, size_t column);
enum column_type rows_type(const struct rows *rows, size_t column);
uint32_t rows_type_number(const struct rows *rows, size_t column); /* as PostgreSQL counts them */
/* -1 when there is no such column. */
int rows_column(const struct rows *rows, const char *name);
bool rows_is_null(const struct rows *rows, size_t row, size_t column);
const void *rows_data(const struct rows *rows, size_t row, size_t column, size_t *len);

/* By column name, copied to text in `arena`: text, uuid, int, bool, timestamptz (RFC 3339), json;
 * NULL for null or a missing column. */
const char *rows_text(const struct rows *rows, size_t row, const char *name, struct arena *arena);
int64_t rows_int(const struct rows *rows, size_t row, const char *name, int64_t otherwise);
bool rows_bool(const struct rows *rows, size_t row, const char *name);
/* timestamptz as microseconds since 1970; `otherwise` for null. */
int64_t rows_time(const struct rows *rows, size_t row, const char *name, int64_t otherwise);
/* text[] or uuid[] as texts; NULL for null. */
const char *const *rows_texts(const struct rows *rows, size_t row, const char *name, size_t *count,
                              struct arena *arena);
/* json or jsonb, read into values; false for null. */
bool rows_json(const struct rows *rows, size_t row, const char *name, struct json *value,
               struct arena *arena);

#endif
