/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as OpenSSL has them: made from numbers, checked, verified with, read from PEM. pkey.c
 * and crypto.c are the only files that include OpenSSL's headers. A key may be used by any number
 * of threads at once. */
#ifndef COHELM_PKEY_H
#define COHELM_PKEY_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

#define PKEY_NUMBER_MAX 1024   /* bytes of a modulus of the 8192 bits permitted */
#define PKEY_COORDINATE_MAX 66 /* of P-521 */
#define PKEY_P256 "prime256v1" /* OpenSSL's names of the curves */
#define PKEY_P384 "secp384r1"
#define PKEY_P521 "secp521r1"

enum pkey_scheme { PKEY_RSA_PKCS1, PKEY_RSA_PSS, PKEY_ECDSA, PKEY_ED25519 };

/* An RSA key from big-endian modulus and exponent; an EC key from the coordinates of a point, each
 * `width` bytes; an Ed25519 key from its 32 bytes. NULL: `*why`, a fixed text, says what is weak or
 * wrong: RSA under 2048 or over 8192 bits, or with an even exponent or one under 65537; a point off
 * its curve. */
struct evp_pkey_st *pkey_rsa(const unsigned char *n, size_t n_len, const unsigned char *e,
                             size_t e_len, const char **why);
struct evp_pkey_st *pkey_ec(const char *curve, size_t width, const unsigned char *x,
                            const unsigned char *y, const char **why);
struct evp_pkey_st *pkey_ed25519(const unsigned char x[32], const char **why);

/* The public side of an unencrypted P-256 private key in PEM text of `len` bytes. */
struct evp_pkey_st *pkey_from_pem(const char *pem, size_t len, const char **why);

void pkey_free(struct evp_pkey_st *pkey);

/* Whether `signature` is of this data by this key. `digest` is OpenSSL's name of the hash, NULL for
 * Ed25519. A PSS salt is as long as the hash; an ECDSA signature is r and s, half of it each. */
bool pkey_verify(struct evp_pkey_st *pkey, enum pkey_scheme scheme, const char *digest,
                 const void *data, size_t len, const unsigned char *signature,
                 size_t signature_len);

/* One of the numbers the key is made of, named as in RFC 7518 section 6 and RFC 8037: n, e, x or y.
 * Big-endian, padded to `width`, or without leading zeros where that is 0; the length, or 0 if the
 * key has no such number. */
size_t pkey_number(struct evp_pkey_st *pkey, char name, size_t width,
                   unsigned char out[PKEY_NUMBER_MAX]);

/* A fresh P-256 private key as PEM text (PKCS #8) in the arena; NULL: no random bytes. */
const char *pkey_make_pem(struct arena *arena);

#endif
