/* SPDX-License-Identifier: Apache-2.0 */
/* One key (RFC 7517), parsed once and used for many signatures. Immutable
 * and counted, so that any number of sets and threads may hold it. */
#ifndef COHELM_JWK_H
#define COHELM_JWK_H

#include "arena.h"
#include "buf.h"
#include "json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 7518 section 3.1 and RFC 8037, but `none`. */
enum jws_algorithm {
    JWS_HS256,
    JWS_HS384,
    JWS_HS512,
    JWS_RS256,
    JWS_RS384,
    JWS_RS512,
    JWS_PS256,
    JWS_PS384,
    JWS_PS512,
    JWS_ES256,
    JWS_ES384,
    JWS_ES512,
    JWS_EDDSA,
    JWS_ALGORITHMS
};

/* Those that need a shared secret. */
#define JWS_SYMMETRIC (1U << JWS_HS256 | 1U << JWS_HS384 | 1U << JWS_HS512)

/* By exact name; false if there is none such. */
bool jws_algorithm_find(const char *name, enum jws_algorithm *algorithm);

struct jwk;

/* Parses a JWK for verifying with some of `algorithms` (bits 1 << enum jws_algorithm).
 * NULL with `*why` NULL: a good key of no use here (for encryption, of another algorithm, curve or
 * type), to be ignored as RFC 7517 section 5 says. NULL with `*why`, in the arena: a key that must
 * not be trusted: malformed; RSA under 2048 or over 8192 bits, or with an exponent under 65537; a
 * point off its curve; a secret shorter than the hash, known from examples, or plainly not random;
 * a private key. */
struct jwk *jwk_parse(struct arena *arena, const struct json *value, unsigned algorithms,
                      const char **why);

/* A shared secret without `kid`; NULL and `*why`, a fixed text, as jwk_parse. */
struct jwk *jwk_from_secret(const void *secret, size_t len, unsigned algorithms, const char **why);

/* The next private key of a PEM text, as a key for verifying what it signs, with its thumbprint as
 * `kid`; `*pem` moves behind it. NULL with `*why` NULL: no more keys; NULL with `*why`: no key that
 * signs ES256 (P-256), or a weak one. */
struct jwk *jwk_from_pem(const char **pem, const char **why);

struct jwk *jwk_hold(struct jwk *key);
void jwk_release(struct jwk *key);

/* NULL when it has none. */
const char *jwk_kid(const struct jwk *key);

/* Whether the key is of the algorithm's type and curve, and not bound to another algorithm. */
bool jwk_suits(const struct jwk *key, enum jws_algorithm algorithm);

/* Whether `signature`, in the form of RFC 7518 section 3 (ECDSA: r and s of fixed width), is of
 * this data by this key. False also for an algorithm that doesn't suit. */
bool jwk_verify(const struct jwk *key, enum jws_algorithm algorithm, const void *data, size_t len,
                const unsigned char *signature, size_t signature_len);

/* RFC 7638 thumbprint with SHA-256, as base64url text. Not for secrets. */
#define JWK_THUMBPRINT_LEN 43
void jwk_thumbprint(const struct jwk *key, char out[JWK_THUMBPRINT_LEN + 1]);

/* Writes the public key as a JSON object with `alg`, `kid` and `use`. Not for secrets. */
void jwk_write(const struct jwk *key, struct buf *buf);

#endif
