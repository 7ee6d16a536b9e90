/* SPDX-License-Identifier: Apache-2.0 */
/* What all requests share. Made once by serve.c; after that only read, but for the parts that guard
 * themselves. */
#ifndef COHELM_SERVICE_H
#define COHELM_SERVICE_H

#include "auth_cache.h"
#include "config.h"
#include "cursor.h"
#include "issuer.h"
#include "limit.h"
#include "metrics.h"
#include "token.h"

#include <stdatomic.h>

struct service {
    struct config config;
    struct issuers *issuers;
    struct signer *signer;
    struct auth_cache *auth_cache;
    struct limiter *limiter;
    struct metrics *metrics;
    struct mac_key *cursor_key;
    const char *const *cors_origins; /* NULL-terminated */
    atomic_bool draining;
    atomic_bool exporting; /* a long record is being read */
};

#endif
