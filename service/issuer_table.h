/* SPDX-License-Identifier: Apache-2.0 */
/* The issuers as the configuration has them, with the keys that can be had without the network.
 * Counted; immutable but for `keys` and the members below it, which issuer.c guards with its lock.
 */
#ifndef COHELM_ISSUER_TABLE_H
#define COHELM_ISSUER_TABLE_H

#include "arena.h"
#include "crypto.h"
#include "issuer.h"

#include <stdatomic.h>

struct issuer_source {
    struct issuer issuer;
    const char *jwks_url; /* NULL: the keys came from a file or are the service's own */
    bool allow_private;
    struct key_set *keys;             /* NULL: not fetched yet */
    unsigned char digest[SHA256_LEN]; /* of what was fetched */
    int64_t tried;                    /* monotonic milliseconds; 0: never */
    bool wanted;                      /* a token named a key that isn't there */
};

struct issuer_table {
    atomic_uint holders;
    struct arena arena;
    struct issuer_source *sources;
    size_t count;
};

/* Reads the file and the keys that are in files. NULL: `*why`, in `arena`, is one line. */
struct issuer_table *issuer_table_read(struct arena *arena, const struct issuers_options *options,
                                       const char **why);

struct issuer_table *issuer_table_hold(struct issuer_table *table);
void issuer_table_release(struct issuer_table *table); /* NULL is fine */

#endif
