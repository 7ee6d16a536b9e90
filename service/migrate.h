/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of the database: forward-only migrations, one transaction each, under an advisory
 * lock, with their checksums. */
#ifndef COHELM_MIGRATE_H
#define COHELM_MIGRATE_H

#include "arena.h"
#include "db.h"

#include <stdbool.h>

/* Brings the database to this version: runs what is missing, then writes permissions, built-in
 * roles and frameworks as this binary has them, and begins a new event epoch if the database lies
 * in another cluster than before. `url` is of the schema's owner. False:
 * `*why` is one line. */
bool migrate(const char *url, struct arena *arena, const char **why);

/* Whether a connection meets the schema this binary needs: not older, not changed, not too new, of
 * the cluster its events belong to; then `*epoch` is what connections need as db_settings.epoch.
 * False: `*why` is one line that says what to do. */
bool migrate_check(struct db *db, struct arena *arena, int *epoch, const char **why);

#endif
