/* SPDX-License-Identifier: Apache-2.0 */
/* The database connections of one worker, lent to one request at a time. Without fibers a worker
 * answers one request after the other and needs only one. Not to be shared between threads. */
#ifndef COHELM_DB_POOL_H
#define COHELM_DB_POOL_H

#include "db.h"

struct db_pool;

/* `count` connections, none of them connected yet. db_pool_free closes them; none may be lent. */
struct db_pool *db_pool_new(const struct db_settings *settings, size_t count);
void db_pool_free(struct db_pool *pool);

size_t db_pool_size(const struct db_pool *pool);

/* Connects those that are not lent. What fails is tried again when it is lent. */
void db_pool_connect(struct db_pool *pool);

/* Lends a connection, after others have given theirs back if all are lent. Of several, one is lent
 * for reading only: changes that wait for locks can't hold them all. NULL: the problem is set: 503
 * unavailable, as none came free in time. */
struct db *db_pool_take(struct db_pool *pool, bool reading, struct problem *problem);
void db_pool_give_back(struct db_pool *pool, struct db *db);

/* Changes of the same thing take turns here, before they take a connection: else the one that many
 * ask for at once would hold all connections, each waiting for its lock. `key` is the thing's id,
 * or what else tells it from all others. False: 503 busy, as the turn did not come in time; without
 * `problem` (NULL) it is waited for as long as it takes. Fibers only. */
bool db_pool_take_turn(struct db_pool *pool, const char *key, struct problem *problem);
void db_pool_end_turn(struct db_pool *pool, const char *key);

#endif
