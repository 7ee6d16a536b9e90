/* SPDX-License-Identifier: Apache-2.0 */
/* Listening, limits, drain; bytes in and out.
 *
 * One thread accepts and hands each connection to the worker that has the fewest. A worker is a
 * thread, so that a request is read, answered and written by the thread that owns its connection.
 * Either it serves one request after the other, or, with `fibers`, each connection is a fiber
 * (fiber.h) and a request that waits holds nobody up. */
#ifndef COHELM_HTTP_H
#define COHELM_HTTP_H

#include "request.h"
#include "response.h"

/* Answers one request. Called from the worker's thread; the answer may lie in `arena`, which is
 * reset after it was handed over. */
typedef const struct response *(*http_handler)(void *context, const struct request *request,
                                               struct arena *arena);

struct http_settings {
    const char *listen; /* "127.0.0.1:8080", "[::1]:8080" */
    size_t workers;
    void **worker_contexts; /* one per worker, given to the handler */
    bool fibers;
    void (*first_fiber)(void *worker_context); /* that each worker runs, with fibers */
    http_handler handler;
    const char *trusted_proxy; /* address of the peer whose X-Forwarded-For is believed; NULL or ""
                                  for none */
    size_t max_connections;    /* all workers together */
    unsigned idle_timeout;     /* seconds a connection may say nothing */
    size_t body_max; /* bytes; what is longer is cut to one byte more, so that the handler sees it
                        is too long */
};

struct http;

/* Listens and starts the workers. NULL: `*why` is one line. */
struct http *http_start(const struct http_settings *settings, struct arena *arena,
                        const char **why);

/* Stops accepting, waits until all requests in flight are answered, at most `seconds`, then ends
 * connections and threads and gives all back. */
void http_stop(struct http *http, unsigned seconds);

/* Makes further answers end their connection; part of going down in good order. */
void http_drain(struct http *http);

/* The port listened on (0 in `listen` picks a free one). */
unsigned http_port(const struct http *http);

#endif
