/* SPDX-License-Identifier: Apache-2.0 */
/* A signed text in the compact form of RFC 7515 section 3.1, whose payload is a JSON object: taken
 * apart, and its signature checked. Pure. */
#ifndef COHELM_JWS_H
#define COHELM_JWS_H

#include "arena.h"
#include "json.h"
#include "jwk.h"

#include <stdbool.h>
#include <stddef.h>

struct jws {
    struct json header, payload; /* objects */
    enum jws_algorithm algorithm;
    const char *kid;   /* or NULL */
    const char *text;  /* what it was read from */
    size_t signed_len; /* of that: header, dot and payload */
    unsigned char *signature;
    size_t signature_len;
};

/* Takes `text`, which must stay, apart; nothing of it is believed yet. Accepted are three non-empty
 * parts of strict base64url, header and payload objects without duplicate members, an `alg` that is
 * known, no `crit`, since no extension is known, and a `kid` that is a text, if any. `jku`, `jwk`,
 * `x5u` and `x5c` are ignored. False: `*why`, a fixed text, says what it is or has: "is not …". */
bool jws_read(struct arena *arena, const char *text, size_t len, struct jws *jws, const char **why)
    __attribute__((warn_unused_result));

/* Whether it is signed by that key. */
bool jws_verify(const struct jws *jws, const struct jwk *key) __attribute__((warn_unused_result));

#endif
