/* SPDX-License-Identifier: Apache-2.0 */
#include "db_pool.h"

#include "fiber.h"

#include <stdlib.h>

struct db_pool {
    struct db **all;
    struct db **free; /* the one used last is taken first: it is warm */
    size_t count, free_count;
    int patience_ms;
    struct fiber_queue waiting;
};

struct db_pool *db_pool_new(const struct db_settings *settings, size_t count)
{
    struct db_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        abort();
    pool->all = calloc(count, sizeof *pool->all);
    pool->free = calloc(count, sizeof *pool->free);
    if (!pool->all || !pool->free)
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
    free(pool);
}

/* Takes one that is not connected, connects it and gives it back, so that nobody waits for one that
 * is only being made. */
static void connect_one(void *arg)
{
    struct db_pool *pool = arg;
    struct arena arena;
    struct problem problem;
    arena_init(&arena);
    problem_init(&problem, &arena);
    struct db *db = pool->free[--pool->free_count];
    (void)db_connect(db, &problem);
    db_pool_give_back(pool, db);
    arena_release(&arena);
}

void db_pool_connect(struct db_pool *pool)
{
    for (size_t i = 1; fiber_is_one() && i < pool->count; i++)
        fiber_start(connect_one, pool);
    connect_one(pool);
}

struct db *db_pool_take(struct db_pool *pool, struct problem *problem)
{
    while (!pool->free_count) {
        if (fiber_is_one() && fiber_wait(&pool->waiting, pool->patience_ms))
            continue;
        problem->retry_after = 1;
        problem_set(problem, PROBLEM_UNAVAILABLE, "All database connections are busy just now.");
        return NULL;
    }
    return pool->free[--pool->free_count];
}

void db_pool_give_back(struct db_pool *pool, struct db *db)
{
    pool->free[pool->free_count++] = db;
    (void)fiber_wake(&pool->waiting);
}
