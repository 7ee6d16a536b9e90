/* SPDX-License-Identifier: Apache-2.0 */
#include "readiness.h"

#include "migrate.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAUSE_NS ((long)500 * 1000 * 1000)
#define SECOND_NS ((long)1000 * 1000 * 1000)

struct readiness {
    struct db *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    char why_not[256]; /* "" when it is ready */
};

static void check(struct readiness *readiness)
{
    struct arena arena;
    const char *why = "";
    int epoch = 0;
    arena_init(&arena);
    if (!db_connect_bare(readiness->db, &why))
        why = arena_printf(&arena, "no database connection: %s", why);
    else if (migrate_check(readiness->db, &arena, &epoch, &why))
        why = "";
    pthread_mutex_lock(&readiness->lock);
    (void)snprintf(readiness->why_not, sizeof readiness->why_not, "%s", why);
    pthread_mutex_unlock(&readiness->lock);
    arena_release(&arena);
}

/* False when it is time to stop. */
static bool pause_a_moment(struct readiness *readiness)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PAUSE_NS;
    until.tv_sec += until.tv_nsec / SECOND_NS;
    until.tv_nsec %= SECOND_NS;
    int status = 0;
    pthread_mutex_lock(&readiness->lock);
    while (!readiness->stopping && status == 0)
        status = pthread_cond_timedwait(&readiness->wake, &readiness->lock, &until);
    bool stopping = readiness->stopping;
    pthread_mutex_unlock(&readiness->lock);
    return !stopping;
}

static void *watch(void *arg)
{
    struct readiness *readiness = arg;
    while (pause_a_moment(readiness))
        check(readiness);
    return NULL;
}

struct readiness *readiness_start(struct db *db)
{
    struct readiness *readiness = calloc(1, sizeof *readiness);
    pthread_condattr_t monotonic;
    if (!readiness)
        abort();
    readiness->db = db;
    pthread_mutex_init(&readiness->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&readiness->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&readiness->thread, NULL, watch, readiness) != 0)
        abort();
    return readiness;
}

void readiness_stop(struct readiness *readiness)
{
    pthread_mutex_lock(&readiness->lock);
    readiness->stopping = true;
    pthread_cond_signal(&readiness->wake);
    pthread_mutex_unlock(&readiness->lock);
    pthread_join(readiness->thread, NULL);
    pthread_cond_destroy(&readiness->wake);
    pthread_mutex_destroy(&readiness->lock);
    free(readiness);
}

const char *readiness_why_not(struct readiness *readiness, struct arena *arena)
{
    pthread_mutex_lock(&readiness->lock);
    const char *why = readiness->why_not[0] ? arena_strdup(arena, readiness->why_not) : NULL;
    pthread_mutex_unlock(&readiness->lock);
    return why;
}
