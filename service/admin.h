/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's side: /live, /ready and /metrics on a listener of their own. */
#ifndef COHELM_ADMIN_H
#define COHELM_ADMIN_H

#include "handle.h"

struct admin {
    struct service *service;
    struct db *db; /* for the question whether the database answers, and with which schema */
};

/* An http_handler: `worker` is a struct admin. */
void admin_handle(void *worker, struct request *request, struct response *response,
                  struct arena *arena);

#endif
