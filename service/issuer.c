/* SPDX-License-Identifier: Apache-2.0 */
#include "issuer.h"

#include "clock.h"
#include "fetch.h"
#include "issuer_table.h"
#include "log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define FETCH_MAX ((size_t)256 * 1024)
#define FETCH_TIMEOUT 5000       /* milliseconds */
#define FETCH_PAUSE 10000        /* ms between two attempts, however many tokens ask for a key */
#define FETCH_EVERY (900 * 1000) /* ms; so that a key taken away is noticed */
#define OVERLAP ((int64_t)600)   /* seconds that a key outlives its withdrawal */

struct issuers {
    pthread_mutex_t lock; /* of table, of the keys in it, and of the members below; never held
                             while anything waits */
    pthread_cond_t wake;
    struct issuer_table *table;
    bool stopping;
    bool has_thread;
    pthread_t thread;
    _Atomic uint64_t generation;
    struct issuers_options options; /* its texts and keys are the caller's */
};

static int64_t milliseconds(void)
{
    return clock_monotonic() / 1000;
}

/* ---- fetching ---- */

static struct key_set *fetch_keys(struct arena *arena, const struct issuer_source *source,
                                  unsigned char digest[SHA256_LEN], const char **why)
{
    static const char *const headers[] = {"Accept: application/jwk-set+json, application/json",
                                          NULL};
    struct fetch fetch = {.url = source->jwks_url,
                          .headers = headers,
                          .max = FETCH_MAX,
                          .timeout = FETCH_TIMEOUT,
                          .allow_private = source->allow_private};
    struct fetch_answer answer;
    if (!fetch_run(arena, &fetch, &answer, why))
        return NULL;
    if (answer.status != 200) {
        *why = arena_printf(arena, "the answer has status %d", answer.status);
        return NULL;
    }
    sha256(answer.body, answer.len, digest);
    return key_set_parse(arena, answer.body, answer.len, source->issuer.algorithms, why);
}

/* Puts what was fetched in place of what was there; takes `fresh`. With the lock held. */
static void store_keys(struct issuers *issuers, struct issuer_source *source, struct key_set *fresh,
                       const unsigned char digest[SHA256_LEN])
{
    source->wanted = false;
    if (source->keys && memcmp(source->digest, digest, SHA256_LEN) == 0) {
        key_set_release(fresh);
        return;
    }
    struct key_set *old = source->keys;
    source->keys = old ? key_set_merge(fresh, old, clock_now() / 1000000 + OVERLAP) : fresh;
    memcpy(source->digest, digest, SHA256_LEN);
    if (old)
        key_set_release(fresh);
    key_set_release(old);
    atomic_fetch_add(&issuers->generation, 1);
}

/* Fetches the keys of one issuer. The lock is not held by the caller. */
static void refresh(struct issuers *issuers, struct issuer_source *source)
{
    struct arena arena;
    unsigned char digest[SHA256_LEN];
    const char *why = "";
    arena_init(&arena);
    struct key_set *fresh = fetch_keys(&arena, source, digest, &why);
    if (!fresh)
        log_error("keys not fetched", "issuer", source->issuer.issuer, "error", why, NULL);
    pthread_mutex_lock(&issuers->lock);
    source->tried = milliseconds();
    if (fresh)
        store_keys(issuers, source, fresh, digest);
    pthread_mutex_unlock(&issuers->lock);
    arena_release(&arena);
}

/* When the keys of an issuer are to be fetched next, by milliseconds(). With the lock held. */
static int64_t due(const struct issuers *issuers, const struct issuer_source *source)
{
    int pause = issuers->options.fetch_pause;
    if (!source->tried)
        return 0;
    if (source->wanted || !source->keys)
        return source->tried + (pause ? pause : FETCH_PAUSE);
    return source->tried + FETCH_EVERY;
}

/* The source that is due first; NULL: none is fetched. With the lock held. */
static struct issuer_source *next_due(const struct issuers *issuers)
{
    const struct issuer_table *table = issuers->table;
    struct issuer_source *next = NULL;
    for (size_t i = 0; i < table->count; i++) {
        struct issuer_source *source = &table->sources[i];
        if (source->jwks_url && (!next || due(issuers, source) < due(issuers, next)))
            next = source;
    }
    return next;
}

static void *fetch_forever(void *subject)
{
    struct issuers *issuers = subject;
    pthread_mutex_lock(&issuers->lock);
    while (!issuers->stopping) {
        struct issuer_table *table = issuers->table;
        struct issuer_source *source = next_due(issuers);
        int64_t at = source ? due(issuers, source) : milliseconds() + FETCH_EVERY;
        if (!source || at > milliseconds()) {
            struct timespec until = {.tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000};
            (void)pthread_cond_timedwait(&issuers->wake, &issuers->lock, &until);
            continue;
        }
        issuer_table_hold(table);
        pthread_mutex_unlock(&issuers->lock);
        refresh(issuers, source);
        issuer_table_release(table);
        pthread_mutex_lock(&issuers->lock);
    }
    pthread_mutex_unlock(&issuers->lock);
    return NULL;
}

static void start_thread(struct issuers *issuers)
{
    if (issuers->has_thread || !next_due(issuers))
        return;
    issuers->has_thread = pthread_create(&issuers->thread, NULL, fetch_forever, issuers) == 0;
    if (!issuers->has_thread)
        log_error("no thread to fetch keys with", NULL);
}

/* ---- the life of it ---- */

/* Fetches all keys by URL. Nobody else knows the table yet. */
static void fetch_all(struct issuers *issuers, struct issuer_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->sources[i].jwks_url)
            refresh(issuers, &table->sources[i]);
}

struct issuers *issuers_open(struct arena *arena, const struct issuers_options *options,
                             const char **why)
{
    struct issuer_table *table = issuer_table_read(arena, options, why);
    if (!table)
        return NULL;
    struct issuers *issuers = calloc(1, sizeof *issuers);
    if (!issuers) {
        issuer_table_release(table);
        *why = "out of memory";
        return NULL;
    }
    issuers->table = table;
    issuers->options = *options;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&issuers->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&issuers->lock, NULL);
    fetch_all(issuers, table);
    start_thread(issuers);
    return issuers;
}

void issuers_close(struct issuers *issuers)
{
    if (!issuers)
        return;
    pthread_mutex_lock(&issuers->lock);
    issuers->stopping = true;
    pthread_cond_signal(&issuers->wake);
    pthread_mutex_unlock(&issuers->lock);
    if (issuers->has_thread)
        pthread_join(issuers->thread, NULL);
    issuer_table_release(issuers->table);
    pthread_cond_destroy(&issuers->wake);
    pthread_mutex_destroy(&issuers->lock);
    free(issuers);
}

/* An issuer whose keys can't be fetched now goes on with those it had. With the lock held. */
static void keep_keys(struct issuer_table *fresh, const struct issuer_table *old)
{
    for (size_t i = 0; i < fresh->count; i++)
        for (size_t k = 0; k < old->count; k++) {
            struct issuer_source *to = &fresh->sources[i];
            const struct issuer_source *from = &old->sources[k];
            if (to->jwks_url && !to->keys && from->jwks_url && from->keys &&
                to->issuer.algorithms == from->issuer.algorithms &&
                strcmp(to->jwks_url, from->jwks_url) == 0) {
                to->keys = key_set_hold(from->keys);
                memcpy(to->digest, from->digest, SHA256_LEN);
            }
        }
}

bool issuers_reload(struct issuers *issuers, struct arena *arena, const char **why)
{
    struct issuer_table *fresh = issuer_table_read(arena, &issuers->options, why);
    if (!fresh)
        return false;
    fetch_all(issuers, fresh);
    pthread_mutex_lock(&issuers->lock);
    struct issuer_table *old = issuers->table;
    keep_keys(fresh, old);
    issuers->table = fresh;
    atomic_fetch_add(&issuers->generation, 1);
    start_thread(issuers);
    pthread_cond_signal(&issuers->wake);
    pthread_mutex_unlock(&issuers->lock);
    issuer_table_release(old);
    return true;
}

/* ---- asking ---- */

bool issuers_ready(struct issuers *issuers)
{
    bool ready = true;
    pthread_mutex_lock(&issuers->lock);
    for (size_t i = 0; i < issuers->table->count; i++)
        ready = ready && issuers->table->sources[i].keys;
    pthread_mutex_unlock(&issuers->lock);
    return ready;
}

uint64_t issuers_generation(const struct issuers *issuers)
{
    return atomic_load(&issuers->generation);
}

static struct issuer_source *find(const struct issuer_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->sources[i].issuer.issuer, name) == 0)
            return &table->sources[i];
    return NULL;
}

const char *const *issuers_names(struct issuers *issuers, struct arena *arena)
{
    pthread_mutex_lock(&issuers->lock);
    const struct issuer_table *table = issuers->table;
    const char **names = arena_array(arena, table->count + 1, sizeof *names);
    for (size_t i = 0; i < table->count; i++)
        names[i] = arena_strdup(arena, table->sources[i].issuer.issuer);
    pthread_mutex_unlock(&issuers->lock);
    return names;
}

bool issuers_find(struct issuers *issuers, const char *name, struct issuer_hold *hold)
{
    pthread_mutex_lock(&issuers->lock);
    struct issuer_source *source = find(issuers->table, name);
    if (source)
        *hold = (struct issuer_hold){
            .issuer = &source->issuer,
            .keys = source->keys ? key_set_hold(source->keys) : NULL,
            .generation = atomic_load(&issuers->generation),
            .table = issuer_table_hold(issuers->table),
        };
    pthread_mutex_unlock(&issuers->lock);
    return source;
}

void issuer_release(struct issuer_hold *hold)
{
    key_set_release(hold->keys);
    issuer_table_release(hold->table);
}

void issuers_want_key(struct issuers *issuers, const struct issuer_hold *hold)
{
    pthread_mutex_lock(&issuers->lock);
    struct issuer_source *source = find(issuers->table, hold->issuer->issuer);
    if (source && source->jwks_url && !source->wanted) {
        source->wanted = true;
        pthread_cond_signal(&issuers->wake);
    }
    pthread_mutex_unlock(&issuers->lock);
}
