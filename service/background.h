/* SPDX-License-Identifier: Apache-2.0 */
/* Work that nobody asks for at the moment: settling decisions whose time has come, reminding
 * of phases that end soon, forgetting old idempotency records; and jobs (job.h). Every instance
 * does it; rows are taken with SKIP LOCKED, and a crash in the middle repeats safely. */
#ifndef COHELM_BACKGROUND_H
#define COHELM_BACKGROUND_H

#include "db.h"

struct background;
struct service;

/* Starts its threads, with connections of their own, whose statements may take long. */
struct background *background_start(struct service *service, const struct db_settings *settings);

/* Ends it after the piece of work under way. */
void background_stop(struct background *background);

#endif
