/* SPDX-License-Identifier: Apache-2.0 */
/* `cohelm tally FILE`: counts the ballots of a file without a service or a database. */
#ifndef COHELM_TALLY_FILE_H
#define COHELM_TALLY_FILE_H

#include "arena.h"

/* Counts the file that the arguments behind `tally` name and prints the result as JSON (the answer
 * of POST /v1/tallies), or as a text to read. What is wrong is printed to standard error, a line
 * for each fault with its place, its code and the rule. The exit status. */
int tally_file_count(struct arena *arena, int argc, char **argv);

#endif
