/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "auth_cache.h"

#include <pthread.h>
#include <stdatomic.h>

#define NOW ((int64_t)1800000000)

static struct arena arena;

/* A principal whose id ends in a number, so that each token's can be told from the others'. */
static struct principal person(unsigned number, const char *scope)
{
    struct principal principal;
    const char *id = arena_printf(&arena, "01890a5d-ac96-774b-bcce-%012x", number);
    EXPECT(principal_init(&principal, id, NULL, scope, false));
    return principal;
}

static void put(struct auth_cache *cache, const char *text, int64_t expires, uint64_t generation,
                const struct principal *principal)
{
    struct token token = {.expires = expires, .generation = generation};
    auth_cache_put(cache, text, strlen(text), NOW, &token, principal);
}

static bool hit(struct auth_cache *cache, const char *text, int64_t now, uint64_t generation)
{
    struct principal principal;
    return auth_cache_get(cache, &arena, text, strlen(text), now, generation, &principal);
}

TEST(auth_cache_get__finds_what_was_put)
{
    struct auth_cache *cache = auth_cache_new();
    char scope[] = "team.read";
    struct principal put_in = person(1, scope), found;
    EXPECT(!hit(cache, "token", NOW, 0));
    put(cache, "token", NOW + 1000, 0, &put_in);
    scope[0] = 'X'; /* the cache has its own copy */
    EXPECT(auth_cache_get(cache, &arena, "token", 5, NOW, 0, &found));
    EXPECT_TEXT(found.id, put_in.id);
    EXPECT_TEXT(found.composite, put_in.composite);
    EXPECT_TEXT(found.scope, "team.read");
    EXPECT(found.rate_key == put_in.rate_key);
    EXPECT(!hit(cache, "tokem", NOW, 0) && !hit(cache, "token ", NOW, 0) &&
           !hit(cache, "toke", NOW, 0) && !hit(cache, "", NOW, 0));
    struct principal second = person(2, NULL);
    put(cache, "token", NOW + 1000, 0, &second);
    EXPECT(auth_cache_get(cache, &arena, "token", 5, NOW, 0, &found));
    EXPECT_TEXT(found.id, second.id);
    EXPECT(!found.scope);
    auth_cache_free(cache);
    EXPECT_TEXT(put_in.id, "01890a5d-ac96-774b-bcce-000000000001");
    arena_release(&arena);
}

TEST(auth_cache_get__not_after_a_minute_and_not_after_expiry)
{
    struct auth_cache *cache = auth_cache_new();
    struct principal principal = person(1, NULL);
    put(cache, "long", NOW + 1000, 0, &principal);
    EXPECT(hit(cache, "long", NOW + 59, 0));
    EXPECT(!hit(cache, "long", NOW + 60, 0));
    EXPECT(!hit(cache, "long", NOW, 0)); /* it is gone, not only hidden */
    put(cache, "short", NOW + 10, 0, &principal);
    EXPECT(hit(cache, "short", NOW + 9, 0));
    EXPECT(!hit(cache, "short", NOW + 10, 0));
    put(cache, "late", NOW, 0, &principal); /* accepted by the skew only */
    EXPECT(!hit(cache, "late", NOW - 1, 0));
    auth_cache_free(cache);
    arena_release(&arena);
}

TEST(auth_cache_get__not_after_keys_have_changed)
{
    struct auth_cache *cache = auth_cache_new();
    struct principal principal = person(1, NULL);
    put(cache, "token", NOW + 1000, 7, &principal);
    EXPECT(hit(cache, "token", NOW, 7));
    EXPECT(!hit(cache, "token", NOW, 8));
    /* Verified with keys that were replaced in the meantime. */
    put(cache, "token", NOW + 1000, 7, &principal);
    EXPECT(!hit(cache, "token", NOW, 8));
    auth_cache_free(cache);
    arena_release(&arena);
}

TEST(auth_cache_forget_person__forgets_all_tokens_of_one)
{
    struct auth_cache *cache = auth_cache_new();
    struct principal one = person(1, NULL), two = person(2, NULL);
    for (int i = 0; i < 100; i++) {
        put(cache, arena_printf(&arena, "one %d", i), NOW + 1000, 0, &one);
        put(cache, arena_printf(&arena, "two %d", i), NOW + 1000, 0, &two);
    }
    auth_cache_forget_person(cache, one.id);
    for (int i = 0; i < 100; i++) {
        EXPECT(!hit(cache, arena_printf(&arena, "one %d", i), NOW, 0));
        EXPECT(hit(cache, arena_printf(&arena, "two %d", i), NOW, 0));
    }
    auth_cache_free(cache);
    arena_release(&arena);
}

TEST(auth_cache_put__is_bounded_and_keeps_what_is_used)
{
    struct auth_cache *cache = auth_cache_new();
    struct principal principal = person(1, NULL);
    int found = 0;
    put(cache, "in use", NOW + 1000, 0, &principal);
    for (int i = 0; i < 4 * AUTH_CACHE_ENTRIES; i++) {
        put(cache, arena_printf(&arena, "token %d", i), NOW + 1000, 0, &principal);
        EXPECT(hit(cache, "in use", NOW, 0));
    }
    for (int i = 0; i < 4 * AUTH_CACHE_ENTRIES; i++)
        found += hit(cache, arena_printf(&arena, "token %d", i), NOW, 0);
    EXPECT(found < AUTH_CACHE_ENTRIES && found > AUTH_CACHE_ENTRIES * 9 / 10);
    EXPECT(hit(cache, arena_printf(&arena, "token %d", 4 * AUTH_CACHE_ENTRIES - 1), NOW, 0));
    auth_cache_free(cache);
    arena_release(&arena);
}

TEST(auth_cache_put__long_tokens_are_not_kept)
{
    struct auth_cache *cache = auth_cache_new();
    struct principal principal = person(1, NULL);
    char *text = arena_alloc(&arena, AUTH_CACHE_TOKEN_MAX + 2);
    memset(text, 'x', AUTH_CACHE_TOKEN_MAX);
    put(cache, text, NOW + 1000, 0, &principal);
    EXPECT(hit(cache, text, NOW, 0));
    text[AUTH_CACHE_TOKEN_MAX] = 'x';
    put(cache, text, NOW + 1000, 0, &principal);
    EXPECT(!hit(cache, text, NOW, 0));
    auth_cache_free(cache);
    arena_release(&arena);
}

struct worker {
    pthread_t thread;
    struct auth_cache *cache;
    unsigned number;
    unsigned hits, wrong;
};

#define TOKENS 64
#define ROUNDS 20000

/* Token i is of person i with the scope of its number: a mixture of two entries would show. */
static void *work(void *subject)
{
    struct worker *worker = subject;
    struct arena mine;
    arena_init(&mine);
    unsigned random = worker->number + 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        random = random * 1103515245 + 12345;
        unsigned i = random >> 16 & (TOKENS - 1);
        char text[32], id[40], scope[32];
        (void)snprintf(text, sizeof text, "token %u", i);
        (void)snprintf(id, sizeof id, "01890a5d-ac96-774b-bcce-%012x", i);
        (void)snprintf(scope, sizeof scope, "scope.%u", i);
        struct principal principal;
        if (auth_cache_get(worker->cache, &mine, text, strlen(text), NOW, 0, &principal)) {
            worker->hits++;
            worker->wrong += strcmp(principal.id, id) != 0 || strcmp(principal.scope, scope) != 0;
        } else {
            struct token token = {.expires = NOW + 1000};
            worker->wrong += !principal_init(&principal, id, NULL, scope, false);
            auth_cache_put(worker->cache, text, strlen(text), NOW, &token, &principal);
        }
        if (round % 100 == 0)
            auth_cache_forget_person(worker->cache, id);
        arena_reset(&mine);
    }
    arena_release(&mine);
    return NULL;
}

TEST(auth_cache__threads_never_see_half_an_entry)
{
    struct auth_cache *cache = auth_cache_new();
    struct worker workers[4];
    for (unsigned i = 0; i < 4; i++) {
        workers[i] = (struct worker){.cache = cache, .number = i};
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(workers[i].thread, NULL);
        EXPECT(workers[i].hits > ROUNDS / 2 && workers[i].wrong == 0);
    }
    auth_cache_free(cache);
}
