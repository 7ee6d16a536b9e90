/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a draft can be opened as it is. */
#ifndef COHELM_DECISION_READY_H
#define COHELM_DECISION_READY_H

#include "decision_case.h"

/* Applies the draft's configuration to its framework: `*frozen` is the definition to keep, and
 * decision->framework is read from it; decision->fallback_version is the one to which the decision
 * may escalate, whatever is published later. The draft must be what its delegation level asks for;
 * `*level` is what it keeps of that, or JSON null. Every obstacle is added, with pointers
 * /configuration, /stakeholders, /options, /due_at, /framework. False: the database failed. */
bool decision_ready(struct call *call, struct decision_case *decision, struct json *frozen,
                    struct json *level, struct faults *faults);

#endif
