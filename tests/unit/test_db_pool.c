/* SPDX-License-Identifier: Apache-2.0 */
#include "../../service/db_pool.h"
#include "test.h"

#include "../../service/fiber.h"

#define TEAM "01900000-0000-7000-8000-000000000001"
#define OTHER "01900000-0000-7000-8000-000000000002"

/* Turns need no database: nobody listens where this pool would connect to. */
struct scene {
    struct loop *loop;
    struct db_pool *pool;
    void (*play)(struct scene *scene);
    char said[64];
    int name;
};

static void say(struct scene *scene, int name)
{
    size_t len = strlen(scene->said);
    (void)snprintf(scene->said + len, sizeof scene->said - len, "%d ", name);
}

static void play(void *arg)
{
    struct scene *scene = arg;
    scene->play(scene);
    loop_stop(scene->loop);
}

static void run(struct scene *scene, int patience_ms, void (*first)(struct scene *))
{
    struct db_settings settings = {.url = "host=/nonexistent", .statement_timeout_ms = patience_ms};
    scene->loop = loop_new();
    scene->pool = db_pool_new(&settings, 2);
    scene->play = first;
    loop_post(scene->loop, play, scene);
    loop_run(scene->loop, NULL);
    db_pool_free(scene->pool);
    loop_free(scene->loop);
}

static bool take_turn(struct scene *scene, const char *key, struct problem *problem,
                      struct arena *arena)
{
    arena_init(arena);
    problem_init(problem, arena);
    return db_pool_take_turn(scene->pool, key, problem);
}

static void change_team(void *arg)
{
    struct scene *scene = arg;
    struct arena arena;
    struct problem problem;
    int name = ++scene->name;
    if (take_turn(scene, TEAM, &problem, &arena)) {
        say(scene, name);
        for (int i = 0; i < 3; i++) /* others get to run, and must not come between */
            fiber_yield();
        say(scene, name);
        db_pool_end_turn(scene->pool, TEAM);
    }
    arena_release(&arena);
}

static void come_one_after_the_other(struct scene *scene)
{
    for (int i = 0; i < 3; i++)
        fiber_start(change_team, scene);
    for (int i = 0; i < 8; i++)
        fiber_yield();
    fiber_start(change_team, scene); /* while one has its turn and the third waits */
    for (int i = 0; i < 20; i++)
        fiber_yield();
}

TEST(turns_come_in_the_order_of_asking)
{
    struct scene scene = {0};
    run(&scene, 5000, come_one_after_the_other);
    EXPECT_TEXT(scene.said, "1 1 2 2 3 3 4 4 ");
}

static void wait_too_long(struct scene *scene)
{
    struct arena arenas[3];
    struct problem problem;
    EXPECT(take_turn(scene, TEAM, &problem, &arenas[0]));
    EXPECT(take_turn(scene, OTHER, &problem, &arenas[1])); /* another thing, another turn */
    EXPECT(!take_turn(scene, TEAM, &problem, &arenas[2]));
    EXPECT(problem.code == PROBLEM_BUSY && problem.retry_after == 1);
    db_pool_end_turn(scene->pool, TEAM);
    EXPECT(db_pool_take_turn(scene->pool, TEAM, &problem));
    db_pool_end_turn(scene->pool, TEAM);
    db_pool_end_turn(scene->pool, OTHER);
    for (int i = 0; i < 3; i++)
        arena_release(&arenas[i]);
}

TEST(who_waits_too_long_for_a_turn_is_told_so)
{
    struct scene scene = {0};
    run(&scene, 30, wait_too_long);
}

static void take_in_vain(struct scene *scene)
{
    struct arena arena;
    struct problem problem;
    arena_init(&arena);
    for (int i = 0; i < 4; i++) { /* more often than there are connections */
        problem_init(&problem, &arena);
        EXPECT(!db_pool_take(scene->pool, i % 2, &problem));
        EXPECT(problem.code == PROBLEM_UNAVAILABLE && problem.retry_after == 1);
    }
    arena_release(&arena);
}

TEST(without_a_database_it_is_said_at_once)
{
    struct scene scene = {0};
    run(&scene, 5000, take_in_vain);
}
