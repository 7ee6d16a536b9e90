/* SPDX-License-Identifier: Apache-2.0 */
#include "db_reads.h"

#include "clock.h"
#include "fiber.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What comes while it waits for its answers goes along the next time. A second one would make each
 * carry less, and PostgreSQL's processes wait for each other. */
#define READERS 1
#define READERS_MAX 16
/* A reader that has waited so long has met a slow statement; another takes its place meanwhile. */
#define SLOW_US 5000
/* Whoever was not taken along by then asks alone. */
#define PATIENCE_MS 20
/* And whoever has their share of the connections waits until it is less, but not longer. */
#define SHARE_PATIENCE_MS 1000

struct waiting {
    struct db_read read;
    const char *person; /* who asks; "": nobody is known */
    bool taken, answered;
    struct fiber_queue answer;
    struct waiting *next;
};

/* What one connection is being asked. */
struct asked {
    struct waiting **all;
    size_t count;
    struct asked *next;
};

struct reader {
    struct db_reads *reads;
    int64_t since; /* it began, or took reads along; 0: there is none */
};

struct db_reads {
    struct db_pool *pool;
    struct waiting *first, **end;
    struct asked *asked;
    size_t share; /* so many connections may one person's reads have, or slow ones would have all */
    struct reader readers[READERS_MAX];
};

struct db_reads *db_reads_new(struct db_pool *pool)
{
    struct db_reads *reads = calloc(1, sizeof *reads);
    if (!reads)
        abort();
    reads->pool = pool;
    reads->end = &reads->first;
    reads->share = db_pool_size(pool) > 3 ? db_pool_size(pool) / 2 : 1;
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

static bool is_asked_for(const struct asked *asked, const char *person)
{
    for (size_t i = 0; i < asked->count; i++)
        if (strcmp(asked->all[i]->person, person) == 0)
            return true;
    return false;
}

static bool has_its_share(const struct db_reads *reads, const char *person)
{
    size_t connections = 0;
    for (const struct asked *asked = reads->asked; asked && *person; asked = asked->next)
        connections += is_asked_for(asked, person);
    return connections >= reads->share;
}

static size_t take_along(struct db_reads *reads, struct waiting **all, size_t max)
{
    size_t count = 0;
    for (struct waiting *waiting = reads->first, *next; waiting && count < max; waiting = next) {
        next = waiting->next;
        if (reads->asked && has_its_share(reads, waiting->person))
            continue;
        waiting->taken = true;
        take_out(reads, waiting);
        all[count++] = waiting;
    }
    return count;
}

static void begin_asking(struct db_reads *reads, struct asked *asked)
{
    asked->next = reads->asked;
    reads->asked = asked;
}

static void end_asking(struct db_reads *reads, const struct asked *asked)
{
    struct asked **place = &reads->asked;
    while (*place != asked)
        place = &(*place)->next;
    *place = asked->next;
}

/* ---- readers ---- */

/* False: there was none to be taken along. */
static bool ask_together(struct reader *reader, struct db *db)
{
    struct db_reads *reads = reader->reads;
    struct waiting *all[DB_READS_MAX];
    struct db_read *asked[DB_READS_MAX];
    struct asked these = {.all = all, .count = take_along(reads, all, DB_READS_MAX)};
    reader->since = clock_monotonic();
    for (size_t i = 0; i < these.count; i++)
        asked[i] = &all[i]->read;
    begin_asking(reads, &these);
    db_read_together(db, asked, these.count);
    end_asking(reads, &these);
    for (size_t i = 0; i < these.count; i++) {
        all[i]->answered = true;
        (void)fiber_wake(&all[i]->answer);
    }
    return these.count > 0;
}

/* Without a connection those that wait lose patience, and are told so each by itself. */
static void read_all(void *arg)
{
    struct reader *reader = arg;
    struct arena arena;
    struct problem problem;
    bool more = true;
    arena_init(&arena);
    while (more && reader->reads->first) {
        problem_init(&problem, &arena);
        struct db *db = db_pool_take(reader->reads->pool, true, &problem);
        more = db && ask_together(reader, db);
        if (db)
            db_pool_give_back(reader->reads->pool, db);
    }
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

static bool ask_alone(struct db_reads *reads, struct waiting *waiting, bool *repeat)
{
    const struct db_read *read = &waiting->read;
    struct asked this = {.all = &waiting, .count = 1};
    begin_asking(reads, &this);
    struct db *db = db_pool_take(reads->pool, true, read->problem);
    bool good = db && db_run(db, read->statement, read->parameters, read->arena, read->rows, repeat,
                             read->problem);
    if (db)
        db_pool_give_back(reads->pool, db);
    end_asking(reads, &this);
    if (reads->first) /* those that have waited for this share */
        call_reader(reads);
    return good;
}

static bool refuse(struct problem *problem)
{
    problem->retry_after = 1;
    return problem_set(problem, PROBLEM_UNAVAILABLE, "Your other reads take long just now.");
}

bool db_reads_run(struct db_reads *reads, const struct statement *statement,
                  const char *const *parameters, const char *person, struct arena *arena,
                  struct rows *rows, bool *repeat, struct problem *problem)
{
    struct waiting waiting = {.read = {.statement = statement,
                                       .parameters = parameters,
                                       .arena = arena,
                                       .rows = rows,
                                       .problem = problem},
                              .person = person};
    assert(!statement->writes);
    put(reads, &waiting);
    call_reader(reads);
    (void)fiber_wait(&waiting.answer, PATIENCE_MS);
    if (!waiting.taken && has_its_share(reads, person))
        (void)fiber_wait(&waiting.answer, SHARE_PATIENCE_MS);
    if (!waiting.taken) {
        take_out(reads, &waiting);
        if (has_its_share(reads, person))
            return refuse(problem);
    }
    while (waiting.taken && !waiting.answered)
        (void)fiber_wait(&waiting.answer, -1);
    if (waiting.read.state == READ_OPEN)
        return ask_alone(reads, &waiting, repeat);
    return waiting.read.state == READ_ANSWERED;
}
