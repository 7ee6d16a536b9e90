/* SPDX-License-Identifier: Apache-2.0 */
/* One instance of the HTTP library: the connections that it was given, parsed into requests and
 * answered. http_instance.c is the only file that includes ulfius.h. */
#ifndef COHELM_HTTP_INSTANCE_H
#define COHELM_HTTP_INSTANCE_H

#include "http.h"

#include <stdatomic.h>
#include <sys/socket.h>

struct http_instance;

struct http_instance_settings {
    const struct http_settings *http;
    unsigned port; /* that is listened on */
    size_t max_connections;
    bool threaded; /* it has a thread of its own; else http_instance_run works for it */
    void *context; /* for the handler */
    struct arena *(*arena_lend)(void *owner); /* for one request, during which it is its alone */
    void (*arena_return)(void *owner, struct arena *arena);
    void (*closed)(void *owner); /* a connection has ended */
    void *owner;
    atomic_int *in_flight;       /* requests begun and not ended */
    atomic_size_t *incoming;     /* bytes kept free for long requests that come in */
    atomic_size_t *unsent;       /* bytes of answers that wait for their clients */
    const atomic_bool *draining; /* answers end their connection */
};

/* `*settings` is copied; what it refers to must outlive the instance. NULL: it can't be started. */
struct http_instance *http_instance_open(const struct http_instance_settings *settings);

/* Ends its thread and its connections. Without a thread, no request may be under way. */
void http_instance_close(struct http_instance *instance);

/* Gives it a connected socket. False: the socket is closed. */
bool http_instance_add(struct http_instance *instance, int fd, const struct sockaddr *address,
                       socklen_t len);

/* Without a thread: does what there is to do now, then says when to come back: when
 * http_instance_fd can be read, or after so many milliseconds (-1: only then). */
int http_instance_run(struct http_instance *instance);
int http_instance_fd(const struct http_instance *instance);

/* Without a thread: leaves the client that has ended its side and that nothing more is owed to, so
 * that http_instance_run ends the connection. The library takes no notice of an end that came
 * together with the last bytes and would wait until the client has been silent for too long. */
bool http_instance_leave(struct http_instance *instance);

#endif
