/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request, on one page. */
#ifndef COHELM_HANDLE_H
#define COHELM_HANDLE_H

#include "request.h"
#include "response.h"

#include <stdatomic.h>

struct db;
struct service;

/* What a worker brings: the shared service and a connection of its own. */
struct handler {
    struct service *service;
    struct db *db;
    atomic_bool connecting; /* the thread that starts the service still has `db` */
};

/* Answers a request. An http_handler: `worker` is a struct handler. */
void handle(void *worker, struct request *request, struct response *response, struct arena *arena);

#endif
