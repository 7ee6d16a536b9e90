/* SPDX-License-Identifier: Apache-2.0 */
#include "db_reads.h"

#include "clock.h"
#include "fiber.h"

#include <assert.h>
#include <stdlib.h>

/* What comes while it waits for its answers goes along the next time. A second one would make each
 * carry less, and PostgreSQL's processes wait for each other. */
#define READERS 1
#define READERS_MAX 16
/* A reader that has waited so long has met a slow statement; another takes its place meanwhile. */
#define SLOW_US 5000
/* Whoever was not taken along by then asks alone. */
#define PATIENCE_MS 20

struct waiting {
    struct db_read read;
    bool taken, answered;
    struct fiber_queue answer;
    struct waiting *next;
};

struct reader {
    struct db_reads *reads;
    int64_t since; /* it began, or took reads along; 0: there is none */
};

struct db_reads {
    struct db_pool *pool;
    struct waiting *first, **end;
    struct reader readers[READERS_MAX];
};

struct db_reads *db_reads_new(struct db_pool *pool)
{
    struct db_reads *reads = calloc(1, sizeof *reads);
    if (!reads)
        abort();
    reads->pool = pool;
    reads->end = &reads->first;
    for (size_t i = 0; i < READERS_MAX; i++)
        reads->readers[i].reads = reads;
    return reads;
}

void db_reads_free(struct db_reads *reads)
{
    free(reads);
}

/* ---- those that wait, in the order of their coming ---- */

static void put(struct db_reads *reads, struct waiting *waiting)
{
    *reads->end = waiting;
    reads->end = &waiting->next;
}

static void take_out(struct db_reads *reads, struct waiting *waiting)
{
    struct waiting **place = &reads->first;
    while (*place != waiting)
        place = &(*place)->next;
    *place = waiting->next;
    if (!*place)
        reads->end = place;
}

static size_t take_along(struct db_reads *reads, struct waiting **all, size_t max)
{
    size_t count = 0;
    for (; count < max && reads->first; count++) {
        all[count] = reads->first;
        all[count]->taken = true;
        take_out(reads, reads->first);
    }
    return count;
}

/* ---- readers ---- */

static void ask_together(struct reader *reader, struct db *db)
{
    struct waiting *all[DB_READS_MAX];
    struct db_read *asked[DB_READS_MAX];
    size_t count = take_along(reader->reads, all, DB_READS_MAX);
    reader->since = clock_monotonic();
    for (size_t i = 0; i < count; i++)
        asked[i] = &all[i]->read;
    db_read_together(db, asked, count);
    for (size_t i = 0; i < count; i++) {
        all[i]->answered = true;
        (void)fiber_wake(&all[i]->answer);
    }
}

/* Without a connection those that wait lose patience, and are told so each by itself. */
static void read_all(void *arg)
{
    struct reader *reader = arg;
    struct arena arena;
    struct problem problem;
    struct db *db = NULL;
    arena_init(&arena);
    do {
        problem_init(&problem, &arena);
        db = db_pool_take(reader->reads->pool, true, &problem);
        if (db) {
            ask_together(reader, db);
            db_pool_give_back(reader->reads->pool, db);
        }
    } while (db && reader->reads->first);
    arena_release(&arena);
    reader->since = 0;
}

static void call_reader(struct db_reads *reads)
{
    int64_t now = clock_monotonic();
    struct reader *free_one = NULL;
    size_t quick = 0;
    for (struct reader *reader = reads->readers; reader < reads->readers + READERS_MAX; reader++) {
        if (!reader->since)
            free_one = reader;
        else if (now - reader->since < SLOW_US)
            quick++;
    }
    if (quick >= READERS || !free_one)
        return;
    free_one->since = now;
    fiber_start(read_all, free_one);
}

/* ---- asking ---- */

static bool ask_alone(struct db_reads *reads, const struct db_read *read, bool *repeat)
{
    struct db *db = db_pool_take(reads->pool, true, read->problem);
    if (!db)
        return false;
    bool good = db_run(db, read->statement, read->parameters, read->arena, read->rows, repeat,
                       read->problem);
    db_pool_give_back(reads->pool, db);
    return good;
}

bool db_reads_run(struct db_reads *reads, const struct statement *statement,
                  const char *const *parameters, struct arena *arena, struct rows *rows,
                  bool *repeat, struct problem *problem)
{
    struct waiting waiting = {.read = {.statement = statement,
                                       .parameters = parameters,
                                       .arena = arena,
                                       .rows = rows,
                                       .problem = problem}};
    assert(!statement->writes);
    put(reads, &waiting);
    call_reader(reads);
    (void)fiber_wait(&waiting.answer, PATIENCE_MS);
    if (!waiting.taken)
        take_out(reads, &waiting);
    while (waiting.taken && !waiting.answered)
        (void)fiber_wait(&waiting.answer, -1);
    if (waiting.read.state == READ_OPEN)
        return ask_alone(reads, &waiting.read, repeat);
    return waiting.read.state == READ_ANSWERED;
}
