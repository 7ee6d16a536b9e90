/* SPDX-License-Identifier: Apache-2.0 */
/* What the operations that make, change and publish frameworks have in common: a definition that
 * can't work is never stored. */
#ifndef COHELM_FRAMEWORK_CHECKED_H
#define COHELM_FRAMEWORK_CHECKED_H

#include "../call.h"

/* Checks the column `definition` of the first row, after what the statement says of itself.
 * `*text` is the definition as JSON text. False: the problem is set, framework_invalid with every
 * fault, pointers below /definition. */
bool framework_checked(struct call *call, const struct rows *rows, const char **text);

/* Runs the operation's own statement with that definition and answers with its row. */
bool framework_stored(struct call *call, const char *definition);

#endif
