/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct jwk *key;
    int64_t until; /* the key is good before that time; INT64_MAX: for all time */
};

struct key_set {
    atomic_uint holders;
    size_t count;
    struct entry entries[];
};

static struct key_set *set_new(size_t capacity)
{
    struct key_set *set = calloc(1, sizeof *set + capacity * sizeof *set->entries);
    if (!set) {
        (void)fputs("cohelm: out of memory for a key set\n", stderr);
        abort();
    }
    atomic_init(&set->holders, 1);
    return set;
}

/* Takes `key`. */
static void add(struct key_set *set, struct jwk *key, int64_t until)
{
    set->entries[set->count++] = (struct entry){.key = key, .until = until};
}

static bool same_kid(const struct jwk *a, const struct jwk *b)
{
    const char *x = jwk_kid(a), *y = jwk_kid(b);
    return x && y ? strcmp(x, y) == 0 : x == y;
}

/* Whether a token could mean either key: the same name (or none) and an algorithm in common. Two
 * keys of one name are fine when their types differ (RFC 7517 section 4.5). */
static bool alike(const struct jwk *a, const struct jwk *b)
{
    if (!same_kid(a, b))
        return false;
    for (int i = 0; i < JWS_ALGORITHMS; i++)
        if (jwk_suits(a, (enum jws_algorithm)i) && jwk_suits(b, (enum jws_algorithm)i))
            return true;
    return false;
}

static bool has_alike(const struct key_set *set, const struct jwk *key)
{
    for (size_t i = 0; i < set->count; i++)
        if (alike(set->entries[i].key, key))
            return true;
    return false;
}

/* False, with `*why`: the set must not be used. */
static bool parse_keys(struct arena *arena, struct key_set *set, const struct json *keys,
                       unsigned algorithms, const char **why)
{
    for (size_t i = 0; i < keys->list.count; i++) {
        struct jwk *key = jwk_parse(arena, &keys->list.items[i], algorithms, why);
        if (!key && *why)
            return false;
        if (!key)
            continue;
        if (has_alike(set, key)) {
            *why = jwk_kid(key) ? arena_printf(arena, "two keys have the kid %s", jwk_kid(key))
                                : "two keys have no kid";
            jwk_release(key);
            return false;
        }
        add(set, key, INT64_MAX);
    }
    if (!set->count)
        *why = "it has no key for the algorithms of the issuer";
    return set->count > 0;
}

struct key_set *key_set_parse(struct arena *arena, const char *text, size_t len,
                              unsigned algorithms, const char **why)
{
    struct json value;
    struct json_error error;
    if (!json_read(arena, text, len, &value, &error)) {
        *why = arena_strdup(arena, error.message);
        return NULL;
    }
    const struct json *keys = json_get(&value, "keys");
    if (!keys || keys->type != JSON_LIST || keys->list.count > KEY_SET_MAX) {
        *why = "it is no object with a list of at most 100 keys";
        return NULL;
    }
    struct key_set *set = set_new(keys->list.count);
    if (parse_keys(arena, set, keys, algorithms, why))
        return set;
    key_set_release(set);
    return NULL;
}

struct key_set *key_set_from_secret(const void *secret, size_t len, unsigned algorithms,
                                    const char **why)
{
    struct jwk *key = jwk_from_secret(secret, len, algorithms, why);
    if (!key)
        return NULL;
    struct key_set *set = set_new(1);
    add(set, key, INT64_MAX);
    return set;
}

struct key_set *key_set_from_pem(const char *pem, const char **why)
{
    struct key_set *set = set_new(KEY_SET_MAX);
    struct jwk *key;
    while (set->count < KEY_SET_MAX && (key = jwk_from_pem(&pem, why)) != NULL) {
        if (has_alike(set, key))
            jwk_release(key);
        else
            add(set, key, INT64_MAX);
    }
    if (!*why && !set->count)
        *why = "it holds no private key";
    if (!*why)
        return set;
    key_set_release(set);
    return NULL;
}

struct key_set *key_set_merge(const struct key_set *fresh, const struct key_set *old, int64_t until)
{
    struct key_set *set = set_new(fresh->count + old->count);
    for (size_t i = 0; i < fresh->count; i++)
        add(set, jwk_hold(fresh->entries[i].key), fresh->entries[i].until);
    for (size_t i = 0; i < old->count && set->count < KEY_SET_MAX; i++) {
        const struct entry *entry = &old->entries[i];
        if (!has_alike(set, entry->key))
            add(set, jwk_hold(entry->key), entry->until < until ? entry->until : until);
    }
    return set;
}

struct key_set *key_set_hold(struct key_set *set)
{
    atomic_fetch_add(&set->holders, 1);
    return set;
}

void key_set_release(struct key_set *set)
{
    if (!set || atomic_fetch_sub(&set->holders, 1) > 1)
        return;
    for (size_t i = 0; i < set->count; i++)
        jwk_release(set->entries[i].key);
    free(set);
}

const struct jwk *key_set_find(const struct key_set *set, enum jws_algorithm algorithm,
                               const char *kid, int64_t now)
{
    const struct jwk *found = NULL;
    for (size_t i = 0; i < set->count; i++) {
        const struct jwk *key = set->entries[i].key;
        if (now >= set->entries[i].until || !jwk_suits(key, algorithm))
            continue;
        if (kid && (!jwk_kid(key) || strcmp(jwk_kid(key), kid) != 0))
            continue;
        if (found)
            return NULL;
        found = key;
    }
    return found;
}

const struct jwk *key_set_first(const struct key_set *set)
{
    return set->entries[0].key;
}

void key_set_write(const struct key_set *set, struct buf *buf)
{
    buf_text(buf, "{\"keys\":[");
    for (size_t i = 0; i < set->count; i++) {
        if (i)
            buf_char(buf, ',');
        jwk_write(set->entries[i].key, buf);
    }
    buf_text(buf, "]}");
}
