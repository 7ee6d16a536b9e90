/* SPDX-License-Identifier: Apache-2.0 */
/* Whose tokens are accepted: the issuers of the configuration file and the service itself, with
 * their key sets. Owns the keys and the thread that fetches them; safe from any thread.
 *
 * The file:
 *
 *     {"issuers": [{
 *         "issuer": "https://login.example.org/realms/main",
 *         "audiences": ["https://cohelm.example.org"],
 *         "algorithms": ["RS256", "ES256"],
 *         "jwks_url": "https://login.example.org/realms/main/certs",
 *         "claims": {"email": "email", "name": "name", "groups": "groups", "scope": null}
 *     }]}
 *
 * Keys come from exactly one of `jwks_url` (https; `"allow_private": true` permits http and private
 * addresses), `jwks_file` and, for HS256, HS384 and HS512, `secret_file` (its bytes without a
 * newline at the end). A JWKS file with `oct` keys does for these as well. File names are taken
 * relative to the configuration file. `claims` names the claim each thing is read from; null means
 * not at all. Defaults are `email`, `name`, `groups`, `scope`, `organisation`. Where an identity
 * provider's scopes are not permissions of this service (Keycloak: `openid profile email`), `scope`
 * must be null, else they allow nothing. `"at_jwt_only": true` accepts access tokens of RFC 9068
 * only. An unknown member is a fault. */
#ifndef COHELM_ISSUER_H
#define COHELM_ISSUER_H

#include "arena.h"
#include "keyset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct issuers;

/* One issuer, as configured; valid while it is held. */
struct issuer {
    const char *issuer;
    const char *const *audiences; /* at least one */
    size_t audience_count;
    unsigned algorithms; /* bits 1 << enum jws_algorithm */
    bool builtin;
    bool at_jwt_only;
    struct {
        const char *email, *name, *groups, *scope, *organisation; /* NULL: not read */
    } claims;
};

/* All of it stays the caller's and in place until issuers_close. */
struct issuers_options {
    const char *file;           /* COHELM_ISSUERS_FILE, or NULL */
    const char *builtin_issuer; /* of the service's own tokens, or NULL for none */
    const char *builtin_audience;
    struct key_set *builtin_keys; /* signer_keys() */
    int fetch_pause;              /* ms between two fetches of keys; 0: 10 s */
};

/* Reads the file and its keys, fetches keys by URL once (a failure is logged and repeated later;
 * see issuers_ready), and starts the thread that fetches keys if there are any by URL. NULL:
 * `*why`, in the arena, is one line that names issuer and fault. */
struct issuers *issuers_open(struct arena *arena, const struct issuers_options *options,
                             const char **why);

/* Stops the thread, waiting for a fetch under way (at most 5 s), and gives all back. */
void issuers_close(struct issuers *issuers);

/* Reads everything anew (SIGHUP) and forgets all keys that are gone, those kept for the overlap
 * too. False: `*why` says what is wrong, and all stays as it was. */
bool issuers_reload(struct issuers *issuers, struct arena *arena, const char **why);

/* Whether each issuer has keys. */
bool issuers_ready(struct issuers *issuers);

/* Whose tokens are accepted: names in `arena`, NULL-terminated. */
const char *const *issuers_names(struct issuers *issuers, struct arena *arena);

/* A number that changes whenever a key or an issuer may have been taken away or changed. */
uint64_t issuers_generation(const struct issuers *issuers);

/* An issuer with its keys at this moment. */
struct issuer_hold {
    const struct issuer *issuer;
    struct key_set *keys; /* may be NULL: none fetched yet */
    uint64_t generation;
    struct issuer_table *table;
};

/* Finds an issuer by its exact name. True: `*hold` must be released. */
bool issuers_find(struct issuers *issuers, const char *name, struct issuer_hold *hold);
void issuer_release(struct issuer_hold *hold);

/* Says that a token named a key that isn't in the held set: the keys are fetched soon, at most
 * every 10 seconds. Doesn't wait. */
void issuers_want_key(struct issuers *issuers, const struct issuer_hold *hold);

#endif
