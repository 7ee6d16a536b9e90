/* SPDX-License-Identifier: Apache-2.0 */
/* What putting and deleting a decision's changes have in common: a draft's are replaced, those of
 * an open decision go with a new revision of its text. */
#ifndef COHELM_CHANGE_SET_EDIT_H
#define COHELM_CHANGE_SET_EDIT_H

#include "change_set.h"

struct change_set_edit {
    struct decision_case decision;
    struct change_set set;   /* as it was */
    const char *reverses;    /* the decision whose changes the new ones undo, or NULL */
    struct decide_step step; /* the revision of an open decision */
};

/* Takes the decision and its changes. False: 404, 403, 409, 412. */
bool change_set_edit_begin(struct call *call, struct change_set_edit *edit);

/* Stores other changes, none if the list is empty. False: 403. */
bool change_set_edit_store(struct call *call, struct change_set_edit *edit,
                           const struct json *changes);

#endif
