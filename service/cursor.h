/* SPDX-License-Identifier: Apache-2.0 */
/* Opaque page cursors: the sort key of the last row seen, bound to the list, filter and sort it
 * came from, and authenticated, so that a client can neither read meaning into one nor make one. */
#ifndef COHELM_CURSOR_H
#define COHELM_CURSOR_H

#include "arena.h"
#include "crypto.h"

#include <stdbool.h>
#include <stddef.h>

#define CURSOR_PARTS_MAX 4

/* The cursor text for `parts` (NULL parts are kept as null). `scope` names everything it is valid
 * for. */
const char *cursor_make(struct arena *arena, const struct mac_key *key, const char *scope,
                        const char *const *parts, size_t count);

/* Reads a cursor back. False: it is none of ours, or not for this scope. */
bool cursor_read(struct arena *arena, const struct mac_key *key, const char *scope,
                 const char *text, const char **parts, size_t *count);

#endif
