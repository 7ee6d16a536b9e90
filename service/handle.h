/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request, on one page. */
#ifndef COHELM_HANDLE_H
#define COHELM_HANDLE_H

#include "request.h"
#include "response.h"

struct db_pool;
struct db_reads;
struct service;

/* What a worker brings: the shared service and connections of its own. */
struct handler {
    struct service *service;
    struct db_pool *pool;
    struct db_reads *reads;
};

/* Answers a request. An http_handler: `worker` is a struct handler. */
const struct response *handle(void *worker, const struct request *request, struct arena *arena);

#endif
