/* SPDX-License-Identifier: Apache-2.0 */
#include "db_pool.h"

#include "clock.h"
#include "fiber.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUCKETS 256

/* There is one for each key whose turn somebody has. */
struct turn {
    char *key;
    struct fiber_queue waiting;
    struct turn *next;
};

struct db_pool {
    struct db **all;
    struct db *
        *free; /* the last is taken first: those that are connected, and of these the warmest */
    size_t count, free_count;
    int patience_ms;
    struct fiber_queue readers, changers; /* that wait */
    size_t promised;                      /* free ones, each for one of those that were woken */
    size_t changing;                      /* those lent or promised for changes */
    bool *lent_for_change;
    bool readers_next;
    struct turn *turns[BUCKETS]; /* by the hash of the key */
};

struct db_pool *db_pool_new(const struct db_settings *settings, size_t count)
{
    struct db_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        abort();
    pool->all = calloc(count, sizeof *pool->all);
    pool->free = calloc(count, sizeof *pool->free);
    pool->lent_for_change = calloc(count, sizeof *pool->lent_for_change);
    if (!pool->all || !pool->free || !pool->lent_for_change)
        abort();
    pool->patience_ms = settings->statement_timeout_ms;
    pool->count = pool->free_count = count;
    for (size_t i = 0; i < count; i++)
        pool->all[i] = pool->free[i] = db_new(settings);
    return pool;
}

void db_pool_free(struct db_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        db_close(pool->all[i]);
    free(pool->all);
    free(pool->free);
    free(pool->lent_for_change);
    free(pool);
}

size_t db_pool_size(const struct db_pool *pool)
{
    return pool->count;
}

static void put_back(struct db_pool *pool, struct db *db)
{
    size_t place = pool->free_count++;
    if (!db_is_connected(db)) { /* below those that are */
        memmove(pool->free + 1, pool->free, place * sizeof *pool->free);
        place = 0;
    }
    pool->free[place] = db;
}

/* One after the other: where the server takes only some, each worker gets its share. */
void db_pool_connect(struct db_pool *pool)
{
    for (size_t i = 0; i < pool->count && pool->free_count > pool->promised; i++) {
        struct db *db = pool->free[0];
        memmove(pool->free, pool->free + 1, --pool->free_count * sizeof *pool->free);
        (void)db_try_connect(db);
        db_pool_give_back(pool, db);
    }
}

static int64_t deadline_of(const struct db_pool *pool)
{
    return clock_monotonic() + (int64_t)pool->patience_ms * 1000;
}

static bool wait_in(struct fiber_queue *queue, int64_t deadline)
{
    int64_t left = (deadline - clock_monotonic()) / 1000;
    return fiber_is_one() && left > 0 && fiber_wait(queue, (int)left);
}

static struct db *refuse(struct problem *problem, const char *detail)
{
    problem->retry_after = 1;
    problem_set(problem, PROBLEM_UNAVAILABLE, "%s", detail);
    return NULL;
}

static bool has_one_for(const struct db_pool *pool, bool reading)
{
    bool one_is_kept = pool->count > 1;
    return pool->free_count > pool->promised &&
           (reading || pool->changing + one_is_kept < pool->count);
}

static bool *for_change(struct db_pool *pool, const struct db *db)
{
    size_t place = 0;
    while (pool->all[place] != db)
        place++;
    return &pool->lent_for_change[place];
}

/* Takes the warmest, if it can be connected. */
static struct db *lend(struct db_pool *pool, bool reading)
{
    assert(pool->free_count);
    struct db *db = pool->free[--pool->free_count];
    if (db_try_connect(db)) {
        *for_change(pool, db) = !reading;
        return db;
    }
    pool->changing -= !reading;
    put_back(pool, db);
    return NULL;
}

struct db *db_pool_take(struct db_pool *pool, bool reading, struct problem *problem)
{
    struct fiber_queue *queue = reading ? &pool->readers : &pool->changers;
    int64_t deadline = deadline_of(pool);
    for (bool promised = false;; promised = true) {
        pool->promised -= promised;
        if (promised || has_one_for(pool, reading)) {
            pool->changing += !reading && !promised;
            struct db *db = lend(pool, reading);
            if (db)
                return db;
            if (pool->free_count == pool->count)
                return refuse(problem, "The database can't be reached just now.");
        }
        if (!wait_in(queue, deadline))
            return refuse(problem, "All database connections are busy just now.");
    }
}

/* A free one is promised to whoever has waited longest, or who comes later might be first; readers
 * and changers take turns. */
static bool promise(struct db_pool *pool, bool reading)
{
    if (!has_one_for(pool, reading) || !fiber_wake(reading ? &pool->readers : &pool->changers))
        return false;
    pool->promised++;
    pool->changing += !reading;
    pool->readers_next = !reading;
    return true;
}

void db_pool_give_back(struct db_pool *pool, struct db *db)
{
    bool *changing = for_change(pool, db);
    pool->changing -= *changing;
    *changing = false;
    put_back(pool, db);
    if (!promise(pool, pool->readers_next))
        (void)promise(pool, !pool->readers_next);
}

/* Where the turn of the key stands, or would. */
static struct turn **find_turn(struct db_pool *pool, const char *key)
{
    size_t hash = 0;
    for (const char *c = key; *c; c++)
        hash = hash * 31 + (unsigned char)(*c | 0x20); /* ids are the same in capitals */
    struct turn **place = &pool->turns[hash % BUCKETS];
    while (*place && strcasecmp((*place)->key, key) != 0)
        place = &(*place)->next;
    return place;
}

static void begin_turn(struct turn **place, const char *key)
{
    struct turn *turn = calloc(1, sizeof *turn);
    if (!turn || !(turn->key = strdup(key)))
        abort();
    *place = turn;
}

bool db_pool_take_turn(struct db_pool *pool, const char *key, struct problem *problem)
{
    struct turn **place = find_turn(pool, key);
    if (!*place) {
        begin_turn(place, key);
        return true;
    }
    if (!problem)
        return fiber_wait(&(*place)->waiting, -1);
    if (wait_in(&(*place)->waiting, deadline_of(pool)))
        return true;
    problem->retry_after = 1;
    return problem_set(problem, PROBLEM_BUSY, NULL);
}

void db_pool_end_turn(struct db_pool *pool, const char *key)
{
    struct turn **place = find_turn(pool, key), *turn = *place;
    assert(turn);
    if (fiber_wake(&turn->waiting)) /* it goes to the one that has waited longest */
        return;
    *place = turn->next;
    free(turn->key);
    free(turn);
}
