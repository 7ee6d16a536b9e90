/* SPDX-License-Identifier: Apache-2.0 */
#include "background.h"

#include "call.h"
#include "clock.h"
#include "job.h"
#include "operations/decision_chores.h"
#include "operations/setting_rollout.h"
#include "service.h"
#include "statements.gen.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define SETTLE_MAX 100 /* at once, so that the arena stays small */
#define EXPIRE_EVERY_US ((int64_t)600 * 1000000)

#define JOB_EVERY_SECONDS 1

struct background {
    struct service *service;
    struct db *db, *job_db, *note_db;
    pthread_t thread, job_thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

/* A call without a client: the same arena, connection and problem that operations work with. */
static void begin_call(struct background *background, struct db *db, struct arena *arena,
                       struct call *call)
{
    *call = (struct call){.service = background->service,
                          .db = db,
                          .db_takers = 1, /* and it is kept */
                          .arena = arena,
                          .started = clock_monotonic()};
    problem_init(&call->problem, arena);
    response_init(&call->response, arena);
}

static void expire(struct call *call)
{
    struct rows rows;
    call_query(call, &STATEMENT_idempotency_expire, NULL, &rows);
    problem_init(&call->problem, call->arena);
    call_query(call, &STATEMENT_job_expire, NULL, &rows);
}

/* False when the service is stopping. */
static bool sleep_seconds(struct background *background, int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&background->lock);
    int status = 0;
    while (!background->stopping && status == 0)
        status = pthread_cond_timedwait(&background->wake, &background->lock, &until);
    bool stopping = background->stopping;
    pthread_mutex_unlock(&background->lock);
    return !stopping;
}

static void *work(void *arg)
{
    struct background *background = arg;
    struct arena arena;
    struct call *call = NULL;
    int64_t next_expiry = 0;
    int seconds = 0;
    arena_init(&arena);
    do {
        call = arena_alloc(&arena, sizeof *call);
        if (clock_monotonic() >= next_expiry) {
            begin_call(background, background->db, &arena, call);
            expire(call);
            next_expiry = clock_monotonic() + EXPIRE_EVERY_US;
        }
        begin_call(background, background->db, &arena,
                   call); /* another one: the first may have failed */
        bool more = decision_settle_batch(call, SETTLE_MAX) == SETTLE_MAX;
        begin_call(background, background->db, &arena, call);
        more = decision_change_batch(call, SETTLE_MAX) == SETTLE_MAX || more;
        begin_call(background, background->db, &arena, call);
        decision_settle_asked(call, SETTLE_MAX);
        begin_call(background, background->db, &arena, call);
        more = decision_remind_batch(call, SETTLE_MAX) == SETTLE_MAX || more;
        begin_call(background, background->db, &arena, call);
        more = setting_rollout_batch(call) || more;
        arena_reset(&arena);
        seconds = more ? 0 : background->service->config.settle_seconds;
    } while (sleep_seconds(background, seconds));
    arena_release(&arena);
    return NULL;
}

/* Jobs have a thread of their own, so that no deadline waits for them. */
static void *work_at_jobs(void *arg)
{
    struct background *background = arg;
    struct arena arena;
    bool more;
    arena_init(&arena);
    do {
        struct call *call = arena_alloc(&arena, sizeof *call);
        begin_call(background, background->job_db, &arena, call);
        more = job_run_next(call, background->note_db);
        arena_reset(&arena);
    } while (sleep_seconds(background, more ? 0 : JOB_EVERY_SECONDS));
    arena_release(&arena);
    return NULL;
}

struct background *background_start(struct service *service, const struct db_settings *settings)
{
    struct background *background = calloc(1, sizeof *background);
    if (!background)
        abort();
    background->service = service;
    struct db_settings patient = *settings;
    patient.statement_timeout_ms = service->config.background_timeout_ms;
    background->db = db_new(&patient);
    background->job_db = db_new(&patient);
    background->note_db = db_new(settings);
    pthread_mutex_init(&background->lock, NULL);
    pthread_cond_init(&background->wake, NULL);
    if (pthread_create(&background->thread, NULL, work, background) != 0 ||
        pthread_create(&background->job_thread, NULL, work_at_jobs, background) != 0)
        abort();
    return background;
}

void background_stop(struct background *background)
{
    pthread_mutex_lock(&background->lock);
    background->stopping = true;
    pthread_cond_broadcast(&background->wake);
    pthread_mutex_unlock(&background->lock);
    pthread_join(background->thread, NULL);
    pthread_join(background->job_thread, NULL);
    pthread_cond_destroy(&background->wake);
    pthread_mutex_destroy(&background->lock);
    db_close(background->db);
    db_close(background->job_db);
    db_close(background->note_db);
    free(background);
}
