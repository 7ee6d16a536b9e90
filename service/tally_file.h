/* SPDX-License-Identifier: Apache-2.0 */
/* `cohelm tally FILE`: counts the ballots of a file without a service or a database. */
#ifndef COHELM_TALLY_FILE_H
#define COHELM_TALLY_FILE_H

#include "arena.h"

/* Counts the file and prints the result as JSON (the answer of POST /v1/tallies). `method` may be
 * NULL: the usual one of the file's format. Faults are printed to standard error, a line each. The
 * exit status. */
int tally_file_count(struct arena *arena, const char *path, const char *method);

#endif
