/* SPDX-License-Identifier: Apache-2.0 */
/* Who makes a request: a person or a service account, and what the token narrows it to. A value
 * that may be copied; it owns nothing (`scope` lives in the arena it was made or found in). */
#ifndef COHELM_PRINCIPAL_H
#define COHELM_PRINCIPAL_H

#include <stdbool.h>
#include <stdint.h>

#define PRINCIPAL_ID_LEN 36

struct principal {
    char id[PRINCIPAL_ID_LEN + 1];              /* of the person; a UUID in lower case */
    char organisation_id[PRINCIPAL_ID_LEN + 1]; /* the only one the token is for, or "" */
    char composite[80]; /* PostgreSQL's text form of the row (id, organisation_id, null):
                           "(uuid,,)" or "(uuid,uuid,)"; for those without a scope */
    const char *scope;  /* permissions the token is narrowed to, separated by spaces; NULL: all */
    bool is_service;    /* a service account */
    uint64_t rate_key;  /* of the principal, whatever the token; for rate limits */
};

/* Whether a text is a UUID in lower case, the form that ids have everywhere. */
bool principal_is_id(const char *text);

/* Makes a principal; `organisation_id` and `scope` may be NULL, `scope` is not copied. False,
 * `*principal` untouched, when an id is no UUID in lower case. */
bool principal_init(struct principal *principal, const char *id, const char *organisation_id,
                    const char *scope, bool is_service) __attribute__((warn_unused_result));

/* Whether the token's scope lets the permission through. In a scope, `*` stands for all and
 * `team.*` for every permission that begins with `team.`; other words are compared whole, and those
 * that are no permission (`openid`) allow nothing. An empty scope allows nothing. */
bool principal_allows(const struct principal *principal, const char *permission);

#endif
