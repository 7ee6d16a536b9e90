/* SPDX-License-Identifier: Apache-2.0 */
/* Issues the service's own access tokens (in the form of RFC 9068, as far as libjwt lets), for the
 * console and for service accounts, and signs what the service states about a record. Owns the
 * private key; immutable once open, so safe from any thread. token.c is the only file that includes
 * jwt.h. */
#ifndef COHELM_TOKEN_H
#define COHELM_TOKEN_H

#include "arena.h"
#include "keyset.h"

#include <stdbool.h>
#include <stdint.h>

struct signer;

/* Reads the private keys of `key_file` (PEM, P-256, for ES256; libjwt 1 has no EdDSA); the first
 * signs, all verify, so that a new key is put in front and the old one taken out when its tokens
 * have expired. If there is no such file, it is made with a fresh key, readable by its owner only;
 * of instances that start at once, one makes it and all read it. `issuer` and `audience` are
 * copied. NULL: `*why`, in the arena, is one line. */
struct signer *signer_open(struct arena *arena, const char *key_file, const char *issuer,
                           const char *audience, const char **why);
void signer_close(struct signer *signer);

/* The public keys: for issuers_options and for /.well-known/jwks.json. Valid while open. */
struct key_set *signer_keys(const struct signer *signer);

/* What a token is to say; NULL members are left out. */
struct token_grant {
    const char *subject;      /* id of a person or a service account; never NULL */
    const char *client_id;    /* for client_credentials */
    const char *organisation; /* id of the only organisation it is for */
    const char *scope;
    const char *email;
    const char *name;
    int64_t lifetime; /* seconds, more than 0 */
};

/* A signed token, in the arena; NULL: the library or the source of random bytes failed. */
const char *token_issue(const struct signer *signer, struct arena *arena,
                        const struct token_grant *grant, int64_t now);

/* What the service states, signed with the same key: `claims`, the text of a JSON object, with
 * `iss` and `iat`. It is no access token (auth.h): it has neither audience nor expiry, which
 * `claims` must not have. NULL as token_issue. */
const char *signer_state(const struct signer *signer, struct arena *arena, const char *claims,
                         int64_t now);

#endif
