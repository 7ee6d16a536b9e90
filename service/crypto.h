/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, random bytes, base64url and hex. Thin over OpenSSL, with its objects fetched once; safe
 * from any thread. OpenSSL headers are included by crypto.c and pkey.c only. */
#ifndef COHELM_CRYPTO_H
#define COHELM_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#define SHA256_LEN 32
#define SHA2_MAX_LEN 64

/* SHA-256 (FIPS 180-4) of `len` bytes. A library that can't hash ends the process with one line. */
void sha256(const void *data, size_t len, unsigned char out[SHA256_LEN]);

/* The same of bytes that come one after the other. sha256_end frees it. */
struct sha256_run;
struct sha256_run *sha256_begin(void);
void sha256_add(struct sha256_run *run, const void *data, size_t len);
void sha256_end(struct sha256_run *run, unsigned char out[SHA256_LEN]);

/* HMAC-SHA-256 (RFC 2104) of `len` bytes. Fails as sha256 does. */
void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                 unsigned char out[SHA256_LEN]);

/* The same for many texts under one key, which is prepared once. mac_key_free frees it; it may be
 * NULL. */
struct mac_key;
struct mac_key *mac_key_new(const void *key, size_t key_len);
void mac_key_free(struct mac_key *key);
void mac_key_tag(const struct mac_key *key, const void *data, size_t len,
                 unsigned char out[SHA256_LEN]);

/* HMAC with SHA-256, SHA-384 or SHA-512 by `bits`; the length written, bits / 8. */
size_t hmac_sha2(int bits, const void *key, size_t key_len, const void *data, size_t len,
                 unsigned char out[SHA2_MAX_LEN]);

/* `len` bytes from the operating system's seeded generator. False: there are none to be had, `out`
 * is unspecified, and nothing secret may be made from it. */
bool random_bytes(void *out, size_t len) __attribute__((warn_unused_result));
/* For ids, which are many and no secrets: drawn from a store of the thread. */
bool random_id_bytes(void *out, size_t len) __attribute__((warn_unused_result));

/* Whether two areas of the same length are equal, in a time that doesn't tell where they differ. */
bool bytes_equal_constant_time(const void *a, const void *b, size_t len);

/* Overwrites a secret in a way that the compiler keeps. */
void bytes_wipe(void *bytes, size_t len);

/* Characters of `len` bytes as base64url without padding, not counting the NUL. */
#define BASE64URL_LEN(len) (((len)*4 + 2) / 3)
/* Most bytes that `len` characters decode to. */
#define BASE64URL_BYTES(len) ((len) / 4 * 3 + 2)

/* Base64url without padding (RFC 4648 section 5), NUL-terminated; `out` has room for
 * BASE64URL_LEN(len) + 1. Returns the number of characters. */
size_t base64url_encode(const void *data, size_t len, char *out);

/* Strict: alphabet of section 5 only, no padding, no white space, no impossible length, and the
 * unused bits of the last character are zero, so that each byte string has exactly one text.
 * `out` has room for BASE64URL_BYTES(len). False: `out` is unspecified, `*out_len` untouched. */
bool base64url_decode(const char *text, size_t len, unsigned char *out, size_t *out_len);

/* Lower-case hexadecimal, NUL-terminated; `out` has room for 2 * len + 1. */
void hex_encode(const void *data, size_t len, char *out);

#endif
