/* SPDX-License-Identifier: Apache-2.0 */
/* The reads of one thread's requests, gathered: what is asked while others wait for the database is
 * asked together, on one connection. Each gets the answer that it would get alone. */
#ifndef COHELM_DB_READS_H
#define COHELM_DB_READS_H

#include "db_pool.h"

struct db_reads;

/* Takes its connections from `pool`, which must outlive it; of the same thread. */
struct db_reads *db_reads_new(struct db_pool *pool);
/* No request may be waiting. */
void db_reads_free(struct db_reads *reads);

/* db_run for a statement that does not write, on a connection of the pool. `person` is the id of
 * who asks, or "": the reads of one have half of the connections at most. False also: 503, as they
 * took long and this one's time did not come. Fibers only. */
bool db_reads_run(struct db_reads *reads, const struct statement *statement,
                  const char *const *parameters, const char *person, struct arena *arena,
                  struct rows *rows, bool *repeat, struct problem *problem);

#endif
