/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, running and stopping the service. */
#ifndef COHELM_SERVE_H
#define COHELM_SERVE_H

#include "service.h"

/* Opens keys, issuers and everything else the service needs but database and listeners. False:
 * `*why` is one line. */
bool service_open(struct service *service, struct arena *arena, const char **why);
void service_close(struct service *service);

/* Serves until SIGTERM or SIGINT; SIGHUP reads keys and issuers anew. The exit status of the
 * process; a refusal to start is one line on standard error. */
int serve(struct service *service, struct arena *arena);

#endif
