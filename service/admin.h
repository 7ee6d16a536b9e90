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
const struct response *admin_handle(void *worker, const struct request *request,
                                    struct arena *arena);

#endif
