/* SPDX-License-Identifier: Apache-2.0 */
/* Client secrets of service accounts: made here, shown once, stored as a hash. */
#ifndef COHELM_SECRET_H
#define COHELM_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* "chm_", 32 random bytes as base64url (43 characters), CRC-32 of what stands before as hexadecimal
 * (8 characters): secret scanners find it by its beginning and tell it from chance by its end. */
#define SECRET_LEN 55
#define SECRET_HASH_LEN 64

/* A new secret. False: no random bytes. */
bool secret_make(char out[SECRET_LEN + 1]) __attribute__((warn_unused_result));

/* Whether a text has the form of a secret and its checksum is right; refuses typing errors and
 * guesses before the database is asked. */
bool secret_is_well_formed(const char *text, size_t len);

/* What is stored: SHA-256 in hexadecimal. A slow hash adds nothing to 256 random bits. */
void secret_hash(const char *secret, size_t len, char out[SECRET_HASH_LEN + 1]);

#endif
