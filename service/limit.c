/* SPDX-License-Identifier: Apache-2.0 */
#include "limit.h"

#include <pthread.h>
#include <stdlib.h>

#define SETS 4096
#define WAYS 4
#define STRIPES 64

struct bucket {
    uint64_t key;
    int64_t window; /* number of the window it counts in; 0: never used */
    int count;
};

struct limiter {
    int quota, window;
    pthread_mutex_t locks[STRIPES];
    struct bucket buckets[SETS][WAYS];
};

struct limiter *limiter_new(int quota, int window)
{
    struct limiter *limiter = calloc(1, sizeof *limiter);
    if (!limiter)
        abort();
    limiter->quota = quota;
    limiter->window = window;
    for (int i = 0; i < STRIPES; i++)
        pthread_mutex_init(&limiter->locks[i], NULL);
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    for (int i = 0; limiter && i < STRIPES; i++)
        pthread_mutex_destroy(&limiter->locks[i]);
    free(limiter);
}

/* The bucket of the key, else the one of its set that has counted least in the oldest window. */
static struct bucket *find(struct bucket *set, uint64_t key)
{
    struct bucket *worst = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].window && set[i].key == key)
            return &set[i];
        if (set[i].window < worst->window ||
            (set[i].window == worst->window && set[i].count < worst->count))
            worst = &set[i];
    }
    *worst = (struct bucket){.key = key};
    return worst;
}

bool limiter_admit(struct limiter *limiter, uint64_t key, int64_t now, struct limit_state *state)
{
    int64_t length = (int64_t)limiter->window * 1000000;
    int64_t window = now / length + 1;
    *state = (struct limit_state){.quota = limiter->quota,
                                  .window = limiter->window,
                                  .remaining = limiter->quota,
                                  .reset = (int)((length - now % length + 999999) / 1000000)};
    if (!limiter->quota)
        return true;
    uint64_t mixed =
        key * 0x9e3779b97f4a7c15u; /* Fibonacci hashing: the high bits are well mixed */
    size_t set = mixed >> 52;
    pthread_mutex_t *lock = &limiter->locks[set % STRIPES];
    pthread_mutex_lock(lock);
    struct bucket *bucket = find(limiter->buckets[set], key);
    if (bucket->window != window) {
        bucket->window = window;
        bucket->count = 0;
    }
    bool admitted = bucket->count < limiter->quota;
    bucket->count += admitted;
    state->remaining = limiter->quota - bucket->count;
    pthread_mutex_unlock(lock);
    return admitted;
}
