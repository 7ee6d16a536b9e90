/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a draft can be opened as it is. */
#ifndef COHELM_DECISION_READY_H
#define COHELM_DECISION_READY_H

#include "../decide/delegation.h"
#include "decision_case.h"

/* Applies the draft's configuration to its framework: `*frozen` is the definition to keep, and
 * decision->framework is read from it. The draft must be what its delegation level asks for. False:
 * every obstacle was added, with pointers /configuration, /stakeholders, /options, /due_at,
 * /framework. */
bool decision_ready(struct decision_case *decision, const struct delegation *delegation,
                    struct json *frozen, struct faults *faults);

#endif
