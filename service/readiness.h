/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the database answers and has this version's schema, asked again and again by a thread of
 * its own: workers find out only by requests, which a balancer does not send to an instance that is
 * not ready, and whoever asks for /ready or /live must not wait for a database that hangs. */
#ifndef COHELM_READINESS_H
#define COHELM_READINESS_H

#include "arena.h"
#include "db.h"

struct readiness;

/* `db` is connected (db_connect_bare), its schema was checked a moment ago, and it is used by
 * nobody else until readiness_stop. */
struct readiness *readiness_start(struct db *db);
void readiness_stop(struct readiness *readiness);

/* NULL when it is ready, else one line that says why not. Never waits. */
const char *readiness_why_not(struct readiness *readiness, struct arena *arena);

#endif
