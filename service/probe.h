/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of /ready, for health checks where there is no HTTP client, as in the image. */
#ifndef COHELM_PROBE_H
#define COHELM_PROBE_H

#include "arena.h"

#include <stdbool.h>

/* Asks the service whose admin listener that is whether it is ready; waits a few seconds at most.
 * `*answer`, in the arena, is what it said in one line, or why it said nothing. */
bool probe_ready(const char *admin_listen, struct arena *arena, const char **answer);

#endif
