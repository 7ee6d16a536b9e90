/* SPDX-License-Identifier: Apache-2.0 */
/* Who is what when a decision goes on by another framework (FRAMEWORKS.md 3.2, 3.4, 3.5). */
#ifndef COHELM_FALLBACK_H
#define COHELM_FALLBACK_H

#include "framework.h"

/* So many follow one decision at most, and no framework twice: so a circle of fallbacks ends. */
#define FALLBACK_CHAIN_MAX 8

struct fallback_role {
    const char *from, *to; /* keys of roles */
};

/* What each role of `from` becomes in `to`:
 *   - a role of the same key stays what it is: the proposer, a facilitator, who is informed;
 *   - a role that decides (casts ballots, takes a stance, or gives the deciding input) and does not
 *     by the same key becomes the first role that decides in `to`, one that any number may hold
 *     before one that only some may.
 * What stands for nothing in `to` is left out. The texts belong to the frameworks. */
size_t fallback_roles(struct arena *arena, const struct framework *from, const struct framework *to,
                      struct fallback_role **roles);

#endif
