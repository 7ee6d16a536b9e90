/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's side: /live, /ready and /metrics on a listener of their own. */
#ifndef COHELM_ADMIN_H
#define COHELM_ADMIN_H

#include "handle.h"
#include "readiness.h"

struct admin {
    struct service *service;
    struct readiness *readiness;
};

/* An http_handler: `worker` is a struct admin. */
void admin_handle(void *worker, struct request *request, struct response *response,
                  struct arena *arena);

#endif
