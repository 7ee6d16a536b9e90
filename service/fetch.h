/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of the service to others (key sets, webhooks), guarded against server-side request
 * forgery. fetch.c is the only file that includes libcurl's header. Safe from any thread; waits. */
#ifndef COHELM_FETCH_H
#define COHELM_FETCH_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct fetch {
    const char *url;
    const char *const *headers; /* "Name: value", NULL-terminated; or NULL */
    const char *body;           /* POST with this body; NULL: GET */
    size_t body_len;
    size_t max;         /* bytes of an answer's body; a longer one is a failure */
    int timeout;        /* milliseconds for all of it */
    bool allow_private; /* the operator trusts the URL: http, and addresses of any kind */
};

struct fetch_answer {
    int status;
    const char *body; /* in the arena, NUL-terminated */
    size_t len;
};

/* Whether a URL may be asked for: absolute, https (or http where `allow_private`), a host, no user
 * or password. False: `*why` is a fixed text. Says nothing about the host's address. */
bool fetch_url_is_fine(const char *url, bool allow_private, const char **why);

/* Sends one request and reads its answer, of whatever status. Redirects are not followed, proxies
 * of the environment not used, bodies not decompressed, certificates verified. The address is
 * checked when the connection is opened, after its name was resolved for the last time, so that
 * neither odd notations nor changing answers of a name server get past. False: `*why`, in the
 * arena, says what failed. */
bool fetch_run(struct arena *arena, const struct fetch *fetch, struct fetch_answer *answer,
               const char **why);

/* Whether an address is of the public internet: none of IANA's special-purpose registries (private,
 * loopback, link-local, shared, multicast, documentation …), nor one that carries an IPv4 address
 * inside. */
bool fetch_address_is_public(const struct sockaddr *address);

#endif
