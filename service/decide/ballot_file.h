/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots in the file formats that others publish, as a tally request. Pure: the text is given.
 *
 *   .json                      the request of tally.h itself
 *   .blt                       Hill's and OpenSTV's format, with withdrawn candidates, equal ranks
 *                              (`1=2`) and skipped ranks (`-`)
 *   .soc .soi .toc .toi .cat   PrefLib (https://preflib.github.io), the format since 2022; the
 * first category of .cat is what a voter approves .abif                      Aggregated Ballot
 * Information Format (https://electowiki.org/wiki/ABIF) */
#ifndef COHELM_BALLOT_FILE_H
#define COHELM_BALLOT_FILE_H

#include "../arena.h"
#include "../json.h"
#include "../problem.h"

#include <stdbool.h>
#include <stddef.h>

/* Reads the text of a file whose format the end of its `name` says. `method` is the one to count
 * by, or NULL for the format's usual one: stv for .blt, approval for .cat, schulze for the others,
 * and what a .json says. Ballots are given as the kind that the method takes, where the file has
 * it.
 * `*request` is for tally_read. False: faults, with pointers "line/N" where the text is to blame.
 */
bool ballot_file_read(struct arena *arena, const char *name, const char *text, size_t len,
                      const char *method, struct json *request, struct faults *faults);

#endif
