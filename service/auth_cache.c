/* SPDX-License-Identifier: Apache-2.0 */
#include "auth_cache.h"

#include "crypto.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 4
#define SETS (AUTH_CACHE_ENTRIES / WAYS)
#define STRIPES 64

struct entry {
    unsigned char hash[SHA256_LEN];
    char *token; /* `len` bytes, then the scope with its NUL if there is one; NULL: free */
    size_t len;
    int64_t until;
    uint64_t generation;
    uint64_t used;              /* by the set's count of uses */
    struct principal principal; /* its scope points behind the token */
};

struct set {
    uint64_t uses;
    struct entry entries[WAYS];
};

/* A set belongs to the stripe of its number; a lock is held for comparing and copying only. */
struct auth_cache {
    pthread_mutex_t locks[STRIPES];
    struct set sets[SETS];
};

struct auth_cache *auth_cache_new(void)
{
    struct auth_cache *cache = calloc(1, sizeof *cache);
    if (!cache) {
        (void)fputs("cohelm: out of memory for the cache of tokens\n", stderr);
        abort();
    }
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_init(&cache->locks[i], NULL);
    return cache;
}

static void clear(struct entry *entry)
{
    if (entry->token)
        bytes_wipe(entry->token, entry->len);
    free(entry->token);
    *entry = (struct entry){0};
}

void auth_cache_free(struct auth_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < SETS; i++)
        for (size_t way = 0; way < WAYS; way++)
            clear(&cache->sets[i].entries[way]);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_destroy(&cache->locks[i]);
    free(cache);
}

/* The set of a token, with its lock held. */
static struct set *lock_set(struct auth_cache *cache, const unsigned char hash[SHA256_LEN],
                            pthread_mutex_t **lock)
{
    size_t number = ((size_t)hash[0] << 8 | hash[1]) % SETS;
    *lock = &cache->locks[number % STRIPES];
    pthread_mutex_lock(*lock);
    return &cache->sets[number];
}

static struct entry *find(struct set *set, const unsigned char hash[SHA256_LEN], const char *token,
                          size_t len)
{
    for (size_t way = 0; way < WAYS; way++) {
        struct entry *entry = &set->entries[way];
        if (entry->token && entry->len == len && memcmp(entry->hash, hash, SHA256_LEN) == 0 &&
            bytes_equal_constant_time(entry->token, token, len))
            return entry;
    }
    return NULL;
}

bool auth_cache_get(struct auth_cache *cache, struct arena *arena, const char *token, size_t len,
                    int64_t now, uint64_t generation, struct principal *principal)
{
    if (len > AUTH_CACHE_TOKEN_MAX)
        return false;
    unsigned char hash[SHA256_LEN];
    pthread_mutex_t *lock;
    sha256(token, len, hash);
    struct set *set = lock_set(cache, hash, &lock);
    struct entry *entry = find(set, hash, token, len);
    if (entry && (now >= entry->until || entry->generation != generation)) {
        clear(entry);
        entry = NULL;
    }
    if (entry) {
        entry->used = ++set->uses;
        *principal = entry->principal;
        if (principal->scope)
            principal->scope = arena_strdup(arena, principal->scope);
    }
    pthread_mutex_unlock(lock);
    return entry;
}

/* The entry of this token, else a free one, else the one used longest ago. */
static struct entry *place(struct set *set, const unsigned char hash[SHA256_LEN], const char *token,
                           size_t len)
{
    struct entry *best = find(set, hash, token, len);
    for (size_t way = 0; !best && way < WAYS; way++)
        if (!set->entries[way].token)
            best = &set->entries[way];
    if (best)
        return best;
    best = &set->entries[0];
    for (size_t way = 1; way < WAYS; way++)
        if (set->entries[way].used < best->used)
            best = &set->entries[way];
    return best;
}

void auth_cache_put(struct auth_cache *cache, const char *token, size_t len, int64_t now,
                    const struct token *verified, const struct principal *principal)
{
    int64_t until = now + AUTH_CACHE_SECONDS;
    if (verified->expires < until)
        until = verified->expires;
    size_t scope_len = principal->scope ? strlen(principal->scope) + 1 : 0;
    if (len > AUTH_CACHE_TOKEN_MAX || scope_len > AUTH_CACHE_TOKEN_MAX || until <= now)
        return;
    struct entry fresh = {.len = len,
                          .until = until,
                          .generation = verified->generation,
                          .principal = *principal,
                          .token = malloc(len + scope_len + 1)};
    if (!fresh.token)
        return;
    memcpy(fresh.token, token, len);
    if (scope_len)
        fresh.principal.scope = memcpy(fresh.token + len, principal->scope, scope_len);
    sha256(token, len, fresh.hash);
    pthread_mutex_t *lock;
    struct set *set = lock_set(cache, fresh.hash, &lock);
    struct entry *entry = place(set, fresh.hash, token, len);
    clear(entry);
    fresh.used = ++set->uses;
    *entry = fresh;
    pthread_mutex_unlock(lock);
}

void auth_cache_forget_person(struct auth_cache *cache, const char *id)
{
    for (size_t stripe = 0; stripe < STRIPES; stripe++) {
        pthread_mutex_lock(&cache->locks[stripe]);
        for (size_t number = stripe; number < SETS; number += STRIPES)
            for (size_t way = 0; way < WAYS; way++) {
                struct entry *entry = &cache->sets[number].entries[way];
                if (entry->token && strcmp(entry->principal.id, id) == 0)
                    clear(entry);
            }
        pthread_mutex_unlock(&cache->locks[stripe]);
    }
}
