/* SPDX-License-Identifier: Apache-2.0 */
/* Principals of tokens verified a short while ago, so that neither the signature nor the person is
 * looked up at each request. Owns copies of tokens; safe from any thread; no lock is held while
 * anything is verified or read from the database.
 *
 * The use of it:
 *
 *     if (!auth_cache_get(cache, arena, text, len, now, issuers_generation(issuers), &principal)) {
 *         struct token token;
 *         if (!token_verify(issuers, arena, text, len, now, &token, &why))
 *             … 401
 *         … person of (token.issuer, token.subject), principal_init
 *         auth_cache_put(cache, text, len, now, &token, &principal);
 *     }
 */
#ifndef COHELM_AUTH_CACHE_H
#define COHELM_AUTH_CACHE_H

#include "arena.h"
#include "auth.h"
#include "principal.h"

#define AUTH_CACHE_ENTRIES 8192
#define AUTH_CACHE_SECONDS 60                   /* a deleted person lingers no longer than that */
#define AUTH_CACHE_TOKEN_MAX ((size_t)4 * 1024) /* longer tokens are verified each time */

struct auth_cache;

/* An empty cache; it never grows beyond AUTH_CACHE_ENTRIES, 4 to a set. */
struct auth_cache *auth_cache_new(void);
void auth_cache_free(struct auth_cache *cache);

/* The principal stored for exactly this token, unless that is too long ago, the token has expired,
 * or keys have changed since. `principal->scope` is copied to the arena. */
bool auth_cache_get(struct auth_cache *cache, struct arena *arena, const char *token, size_t len,
                    int64_t now, uint64_t generation, struct principal *principal);

/* Stores the principal of a token that was just verified, in place of the least recently used of
 * its set. */
void auth_cache_put(struct auth_cache *cache, const char *token, size_t len, int64_t now,
                    const struct token *verified, const struct principal *principal);

/* Forgets all tokens of a person or service account, when it was deleted or its access changed. */
void auth_cache_forget_person(struct auth_cache *cache, const char *id);

#endif
