/* SPDX-License-Identifier: Apache-2.0 */
/* The delegation level that applies to a draft, by its team and area. */
#ifndef COHELM_DELEGATION_FIND_H
#define COHELM_DELEGATION_FIND_H

#include "../decide/delegation.h"
#include "decision_case.h"

/* Reads it; delegation->level is 0 where none applies. `*frozen` is what a decision keeps of it
 * from its opening on, or JSON null. False: the database failed. */
bool delegation_find(struct call *call, const struct decision_case *decision,
                     struct delegation *delegation, struct json *frozen);

#endif
