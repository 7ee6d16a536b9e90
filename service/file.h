/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the configuration and of commands: read whole, or made once. */
#ifndef COHELM_FILE_H
#define COHELM_FILE_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

/* The content of a file of at most `max` bytes, in the arena, NUL-terminated. NULL: `*why`, in the
 * arena, names the file and says what is wrong. */
char *file_read(struct arena *arena, const char *path, size_t max, size_t *len, const char **why);

/* The same for what a command is to work on: "-" is standard input. */
char *file_input(struct arena *arena, const char *path, size_t max, size_t *len, const char **why);

/* Makes a file that only its owner may read, whole or not at all: a reader, or a crash, never sees
 * a part of it. A file that is already there stays as it is; that is no failure. */
bool file_make_private(struct arena *arena, const char *path, const char *data, size_t len,
                       const char **why);

#endif
