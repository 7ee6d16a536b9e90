/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a decision may be opened with its changes. */
#ifndef COHELM_CHANGE_SET_READY_H
#define COHELM_CHANGE_SET_READY_H

#include "change_set.h"

#define CHANGE_SET_OPEN "change_set.open" /* the permission that it takes */

/* As change_set_authority, but NULL where the caller has none. */
bool change_set_reach(struct call *call, const struct decision_case *decision,
                      const struct json *changes, const char **authority);

/* Adds a fault for every change that goes with an option that the decision does not have. */
void change_set_check_options(const struct decide_case *facts, const struct json *changes,
                              struct faults *faults);

/* As that, and one where the member who lets the changes take effect would decide on them alone. */
void change_set_check(const struct decision_case *decision, const struct change_set *set,
                      const char *member, struct faults *faults);

/* Reads a draft's changes, with the authority that the caller would give them (NULL: none), and
 * adds what keeps the caller from opening the decision with them. */
bool change_set_ready(struct call *call, const struct decision_case *decision,
                      struct change_set *set, struct faults *faults);

#endif
