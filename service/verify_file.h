/* SPDX-License-Identifier: Apache-2.0 */
/* `cohelm verify FILE`: checks a decision's exported record without a service or a database. */
#ifndef COHELM_VERIFY_FILE_H
#define COHELM_VERIFY_FILE_H

#include "arena.h"

/* Prints "verified" and is 0, or prints what differs, a line each, and is 1. `path` "-" is standard
 * input. 2, with a line on standard error: it can't be read, or is no JSON document. */
int verify_file(struct arena *arena, const char *path);

#endif
