/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of an issuer (a JWK Set, RFC 7517 section 5). Immutable and counted: a change is another
 * set. */
#ifndef COHELM_KEYSET_H
#define COHELM_KEYSET_H

#include "arena.h"
#include "buf.h"
#include "jwk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_SET_MAX 100

struct key_set;

/* Parses a JWK Set of `len` bytes for the algorithms given. NULL: `*why`, in the arena, says what
 * is wrong: no JSON, a key that jwk_parse refuses, two keys that can't be told apart, more than
 * KEY_SET_MAX keys, or none of use. */
struct key_set *key_set_parse(struct arena *arena, const char *text, size_t len,
                              unsigned algorithms, const char **why);

/* The only key of it is the secret. */
struct key_set *key_set_from_secret(const void *secret, size_t len, unsigned algorithms,
                                    const char **why);

/* The public side of all private keys in a PEM text; the first comes first. */
struct key_set *key_set_from_pem(const char *pem, const char **why);

/* The keys of `fresh`, and those of `old` whose like it doesn't have, until the time `until` or the
 * earlier one that they were to be kept to: tokens outlive the rotation of their key. */
struct key_set *key_set_merge(const struct key_set *fresh, const struct key_set *old,
                              int64_t until);

struct key_set *key_set_hold(struct key_set *set);
void key_set_release(struct key_set *set); /* NULL is fine */

/* The key of that `kid` that suits the algorithm; when `kid` is NULL, the only key that suits.
 * NULL: none, or without `kid` more than one. Valid as long as the set is held. */
const struct jwk *key_set_find(const struct key_set *set, enum jws_algorithm algorithm,
                               const char *kid, int64_t now);

/* The first key; a set is never empty. */
const struct jwk *key_set_first(const struct key_set *set);

/* Writes the set as JSON (`/.well-known/jwks.json`). Not for secrets. */
void key_set_write(const struct key_set *set, struct buf *buf);

#endif
