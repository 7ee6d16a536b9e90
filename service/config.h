/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: environment variables, and an optional file of the same NAME=value lines that
 * COHELM_CONFIG names (the environment wins). */
#ifndef COHELM_CONFIG_H
#define COHELM_CONFIG_H

#include "arena.h"
#include "buf.h"

#include <stdbool.h>
#include <stddef.h>

struct config {
    const char *listen;
    const char *admin_listen;
    const char *public_url; /* without a slash at the end */
    const char *database_url;
    const char *key_file;
    const char *audience;
    const char *issuers_file;  /* NULL: only the built-in issuer */
    const char *cors_origins;  /* comma-separated, or "" */
    const char *trusted_proxy; /* IPv4 address whose X-Forwarded-For is believed, or "" */
    const char *log;           /* "requests", "info", "error" */
    int db_connections;
    int threads;
    bool fibers;
    int max_connections;
    int idle_timeout; /* seconds */
    int drain_seconds;
    int statement_timeout_ms;
    int background_timeout_ms;
    int lock_timeout_ms;
    int rate_limit;     /* requests per window; 0 is none */
    int rate_window;    /* seconds */
    int settle_seconds; /* how often due decisions are settled in the background */
    bool named_statements;
};

/* Reads all settings. False: `*why` names the one that is wrong and what it should be. */
bool config_read(struct config *config, struct arena *arena, const char **why);

/* Writes all settings with their defaults and meaning, for --help. */
void config_help(struct buf *buf);

#endif
