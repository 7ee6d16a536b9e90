/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way through the stages of handle.c, and what a logic operation
 * (service/operations/<operationId>.c) may use.
 *
 * A logic operation is `bool <operationId>(struct call *call)`. It reads call->principal,
 * call->route.arguments and call->input, runs statements with call_query (all in one transaction,
 * which the engine begins, and commits only when the operation returns true and ?validate_only is
 * not set), and fills call->response. It returns false after problem_set(&call->problem, …) was
 * called exactly once. It may be run again from the start when the transaction has to be repeated,
 * so it keeps nothing outside `call`. */
#ifndef COHELM_CALL_H
#define COHELM_CALL_H

#include "cursor.h"
#include "db.h"
#include "principal.h"
#include "request.h"
#include "response.h"
#include "router.h"
#include "validate.h"

struct service;
struct job;

struct call {
    struct service *service; /* what all requests share; see service.h */
    struct db_pool *pool;    /* the worker's connections */
    struct db_reads *reads;  /* the worker's reads, which share them */
    struct db *db;           /* one of them, while the call needs it for itself; else NULL */
    int db_takers;
    struct arena *arena;
    struct problem problem;
    struct request request;
    struct route route;
    const struct operation *operation;
    bool signed_in;
    struct principal principal; /* valid when signed_in */
    struct input input;
    struct response response;
    const char *rate_limit; /* RateLimit and RateLimit-Policy header texts, or NULL */
    const char *rate_policy;
    const char *trace_id;  /* 32 hexadecimal digits, of traceparent or made */
    int64_t started;       /* monotonic microseconds */
    int64_t authenticated; /* when each stage was done, for Server-Timing and the log */
    int64_t validated;
    int64_t queried;
    bool good;   /* the operation, or all of it, has succeeded */
    bool repeat; /* the transaction should be run again from the start */
    const char *cursor_parts[CURSOR_PARTS_MAX]; /* of ?cursor= */
    size_t cursor_count;
    const char *cursor_scope; /* what this list's cursors are bound to */
    bool adopted;    /* the principal is an adopted decision: statements run by its authority */
    struct job *job; /* what is carried out is this job, or NULL */
    bool deferred;   /* the operation has queued itself as a job, and 202 is the answer */
    bool settled;    /* decisions that were due have been settled once for this read */
    bool leaves_due; /* a read on another thread: it names in `due` what is to be settled before */
    struct rows due; /* as decision_query has met it; none as long as its count is 0 */
};

/* Borrows a connection for the call, and gives it back when nobody needs it any more. Without one
 * call_query can only read. False: the problem is set. */
bool call_take_db(struct call *call);
void call_give_db_back(struct call *call);

/* Runs a statement with the call's parameters; `values` are those of SOURCE_VALUE by position, NULL
 * for SQL null (the array may be NULL when the statement takes none). False: the problem is set
 * (database failure, violated constraint, or the `_status` of the first row, see call_check). The
 * rows live as long as the call. */
bool call_query(struct call *call, const struct statement *statement, const char *const *values,
                struct rows *rows);

/* What a statement says of itself: no row → not_found; `_status` in the first row → that problem
 * with `_code`, `_detail`,
 * `_errors`. True when there is a row and no status. call_query does NOT call it: a step may well
 * find nothing. */
bool call_check(struct call *call, const struct rows *rows);

/* Answers with the first row as the resource (`_etag`, `_location` and the other control columns
 * are understood); status as declared. */
bool call_answer_row(struct call *call, const struct rows *rows);

/* The value of a path argument or of a query or header parameter by its name in the document; NULL
 * when absent. */
const char *call_argument(const struct call *call, const char *name);

/* The current time in microseconds since 1970, as the database sees it in this transaction would
 * differ by the clock skew only. */
int64_t call_now(void);

/* A fresh UUIDv7 as text. */
const char *call_new_id(struct call *call);

#endif
