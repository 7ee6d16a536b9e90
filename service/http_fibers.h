/* SPDX-License-Identifier: Apache-2.0 */
/* A worker on whose thread each connection is a fiber. */
#ifndef COHELM_HTTP_FIBERS_H
#define COHELM_HTTP_FIBERS_H

#include "http_instance.h"

struct http_fibers;

/* `instance` says what each connection's instance shares: settings, port, context, counters. `open`
 * is counted down when a connection ends. */
struct http_fibers *http_fibers_start(const struct http_instance_settings *instance,
                                      atomic_int *open);

/* Takes a connected socket over; from any thread. */
void http_fibers_add(struct http_fibers *fibers, int fd, const struct sockaddr *address,
                     socklen_t len);

/* Waits for the requests under way, which take no longer than their statements may, then ends all
 * connections and the thread. */
void http_fibers_stop(struct http_fibers *fibers);

#endif
