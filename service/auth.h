/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies bearer tokens: JWTs (RFC 7519) signed as JWS (RFC 7515), under the rules of RFC 8725.
 * Pure but for the key sets of issuer.h: no I/O, no clock. Turning a token into a person is its
 * caller's (one statement), remembering the answer is auth_cache.h's. */
#ifndef COHELM_AUTH_H
#define COHELM_AUTH_H

#include "arena.h"
#include "issuer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_LEN_MAX ((size_t)8 * 1024)
#define TOKEN_SKEW 60 /* seconds that clocks may differ */

/* What a verified token says. All texts are in the arena; optional ones are NULL when absent. */
struct token {
    const char *issuer;       /* `iss`; with `subject` the identity */
    const char *subject;      /* `sub`: 1 to 255 bytes, no control characters */
    bool builtin;             /* issued by this service, so that `subject` is a person's id */
    const char *email;        /* at most 254 bytes and with an @; other values are as absent */
    bool email_verified;      /* the issuer says so, or the issuer is this service */
    const char *name;         /* at most 200 bytes, no control characters; others are as absent */
    const char *scope;        /* as principal_allows takes it, or NULL for no narrowing */
    const char *organisation; /* the id the token is pinned to: a UUID in lower case */
    const char *client_id;    /* `client_id`, else `azp` */
    const char *id;           /* `jti` */
    const char *const *groups;
    size_t group_count;
    int64_t expires;     /* `exp`, seconds since 1970 */
    uint64_t generation; /* of the keys it was verified with; for auth_cache_put */
};

/* Verifies a token of `len` bytes at the time `now` (seconds since 1970).
 *
 * Accepted are: at most TOKEN_LEN_MAX bytes; three non-empty parts of strict base64url; header and
 * claims that are JSON objects without duplicate members; `iss` of a configured issuer, compared
 * byte by byte; `alg` of that issuer's list; `kid` of that issuer's keys (without `kid`: the only
 * key that suits); a signature by that key; `exp`, and `nbf` and `iat` where present, within
 * TOKEN_SKEW; an audience of that issuer's in `aud`; a `sub`. `crit` is refused, since no extension
 * is known; `jku`, `jwk`, `x5u`, `x5c` are ignored.
 *
 * ID tokens and other JWTs are not access tokens: header `typ` is absent, `JWT` or `at+jwt` (any
 * case, with or without `application/`). Unless it is `at+jwt` (RFC 9068), a token is also refused
 * that has a claim of ID or logout tokens (`at_hash`, `c_hash`, `events`, or `nonce` without a
 * claim `typ` of `Bearer`, since Keycloak once copied the nonce), or a claim `typ` of `ID`,
 * `Refresh` or `Offline`, or a `token_use` of `id`. An ID token without any of them can't be told
 * by its look; the audience keeps it out, which is the client's in ID tokens and the service's in
 * access tokens. The tokens of issuers with `at_jwt_only` must be `at+jwt`. (The service's own need
 * not be: libjwt 1.10 writes `JWT` whatever it is told. It issues nothing but access tokens.)
 *
 * False: `*why`, in the arena, is one sentence, fit for `error_description` (RFC 6750), and `*out`
 * is untouched. An unknown `kid` also asks for the issuer's keys to be fetched anew, which takes
 * place elsewhere: this function never waits. */
bool token_verify(struct issuers *issuers, struct arena *arena, const char *token, size_t len,
                  int64_t now, struct token *out, const char **why)
    __attribute__((warn_unused_result));

#endif
