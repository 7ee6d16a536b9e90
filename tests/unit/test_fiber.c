/* SPDX-License-Identifier: Apache-2.0 */
#include "../../service/fiber.h"
#include "test.h"

#include "../../service/clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

/* What a test runs: a loop on this thread whose first fiber ends it. */
struct scene {
    struct loop *loop;
    void (*play)(struct scene *scene);
    char said[64];
    int pipe[2];
    struct fiber_queue queue;
    int count;
    bool flag;
};

static void say(struct scene *scene, const char *word)
{
    size_t len = strlen(scene->said);
    (void)snprintf(scene->said + len, sizeof scene->said - len, "%s ", word);
}

static void play(void *arg)
{
    struct scene *scene = arg;
    scene->play(scene);
    loop_stop(scene->loop);
}

static void run(struct scene *scene, void (*first)(struct scene *))
{
    scene->loop = loop_new();
    scene->play = first;
    if (pipe(scene->pipe) < 0)
        abort();
    loop_post(scene->loop, play, scene);
    loop_run(scene->loop, NULL);
    close(scene->pipe[0]);
    close(scene->pipe[1]);
    loop_free(scene->loop);
}

static void reader(void *arg)
{
    struct scene *scene = arg;
    say(scene, "waits");
    int events = fiber_wait_fd(scene->pipe[0], POLLIN, 5000);
    say(scene, events & POLLIN ? "reads" : "gives-up");
}

static void write_to_reader(struct scene *scene)
{
    fiber_start(reader, scene);
    say(scene, "begins");
    fiber_yield();
    say(scene, "writes");
    EXPECT(write(scene->pipe[1], "x", 1) == 1);
    for (int i = 0; i < 100 && !strstr(scene->said, "reads"); i++)
        (void)fiber_wait_fd(scene->pipe[1], 0, 1);
}

TEST(one_fiber_runs_while_another_waits)
{
    struct scene scene = {0};
    run(&scene, write_to_reader);
    EXPECT_TEXT(scene.said, "begins waits writes reads ");
}

static void wait_in_vain(struct scene *scene)
{
    int64_t start = clock_monotonic();
    scene->count = fiber_wait_fd(scene->pipe[0], POLLIN, 30);
    int64_t took = clock_monotonic() - start;
    EXPECT(took >= 30000 && took < 3000000);
    /* and the descriptor can be waited for again */
    EXPECT(write(scene->pipe[1], "x", 1) == 1);
    EXPECT(fiber_wait_fd(scene->pipe[0], POLLIN, 1000) & POLLIN);
}

TEST(a_wait_ends_when_its_time_is_over)
{
    struct scene scene = {.count = -1};
    run(&scene, wait_in_vain);
    EXPECT(scene.count == 0);
}

static void see_the_end(struct scene *scene)
{
    int ends[2];
    EXPECT(pipe(ends) == 0);
    close(ends[1]);
    scene->count = fiber_wait_fd(ends[0], POLLIN, 1000);
    close(ends[0]);
    EXPECT(fiber_wait_fd(-1, POLLIN, 1000) & POLLNVAL);
}

TEST(the_end_of_the_other_side_is_an_event)
{
    struct scene scene = {0};
    run(&scene, see_the_end);
    EXPECT(scene.count & POLLHUP);
}

static void queue_up(void *arg)
{
    struct scene *scene = arg;
    char name[2] = {(char)('a' + scene->count++), '\0'};
    say(scene, fiber_wait(&scene->queue, name[0] == 'b' ? 20 : 5000) ? name : "late");
}

static void wake_in_order(struct scene *scene)
{
    for (int i = 0; i < 4; i++)
        fiber_start(queue_up, scene);
    fiber_yield();
    (void)fiber_wait_fd(scene->pipe[0], POLLIN, 60); /* meanwhile b gives up */
    while (fiber_wake(&scene->queue))
        continue;
    fiber_yield();
}

TEST(a_queue_wakes_in_order_and_lets_go_whose_time_is_over)
{
    struct scene scene = {0};
    run(&scene, wake_in_order);
    EXPECT_TEXT(scene.said, "late a c d ");
}

static void count_up(void *arg)
{
    struct scene *scene = arg;
    for (int i = 0; i < 10; i++)
        fiber_yield();
    scene->count++;
}

static void start_many(struct scene *scene)
{
    for (int round = 0; round < 2; round++) { /* the second time on the stacks of the first */
        for (int i = 0; i < 1000; i++)
            fiber_start(count_up, scene);
        for (int i = 0; i < 15; i++)
            fiber_yield();
    }
}

TEST(thousands_of_fibers_come_and_go)
{
    struct scene scene = {0};
    run(&scene, start_many);
    EXPECT(scene.count == 2000);
}

static void work(void *arg)
{
    struct scene *scene = arg;
    EXPECT(!fiber_is_one());
    for (int i = 0; i < 500 && !__atomic_load_n(&scene->flag, __ATOMIC_ACQUIRE); i++)
        (void)fiber_wait_fd(-1, 0, 10); /* no fiber: plain poll */
    scene->count = 7;
}

static void let_go_on(void *arg)
{
    struct scene *scene = arg;
    __atomic_store_n(&scene->flag, true, __ATOMIC_RELEASE);
}

static void offload(struct scene *scene)
{
    fiber_start(let_go_on, scene); /* runs only if this thread is free */
    fiber_offload(work, scene);
    EXPECT(scene->flag && scene->count == 7);
    EXPECT(fiber_is_one());
}

TEST(long_work_leaves_the_thread_to_others)
{
    struct scene scene = {0};
    run(&scene, offload);
    EXPECT(scene.count == 7);
}

static void work_on(void *arg)
{
    struct scene *scene = arg;
    (void)poll(NULL, 0, 50);
    scene->count = 9;
}

static void offload_and_see(void *arg)
{
    fiber_offload(work_on, arg);
}

static void leave_one_working(struct scene *scene)
{
    fiber_start(offload_and_see, scene);
    fiber_yield();
}

TEST(a_loop_ends_when_what_was_offloaded_is_done)
{
    struct scene scene = {0};
    run(&scene, leave_one_working);
    EXPECT(scene.count == 9);
}

TEST(without_fibers_long_work_is_done_at_once)
{
    struct scene scene = {.flag = true};
    fiber_offload(work, &scene);
    EXPECT(scene.count == 7);
}

static void *post_many(void *arg)
{
    struct scene *scene = arg;
    for (int i = 0; i < 500; i++)
        loop_post(scene->loop, count_up, scene);
    return NULL;
}

static void take_posts(struct scene *scene)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        EXPECT(pthread_create(&threads[i], NULL, post_many, scene) == 0);
    for (int i = 0; i < 5000 && scene->count < 1000; i++)
        (void)fiber_wait_fd(scene->pipe[0], POLLIN, 1);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

TEST(other_threads_begin_fibers)
{
    struct scene scene = {0};
    run(&scene, take_posts);
    EXPECT(scene.count == 1000);
}

static void wait_for_ever(void *arg)
{
    (void)fiber_wait_fd(((struct scene *)arg)->pipe[0], POLLIN, -1);
}

static void leave_one_waiting(struct scene *scene)
{
    fiber_start(wait_for_ever, scene);
    fiber_yield();
}

TEST(a_loop_ends_though_fibers_wait)
{
    struct scene scene = {0};
    run(&scene, leave_one_waiting);
    EXPECT(true); /* it came here, and a leak checker finds nothing */
}
