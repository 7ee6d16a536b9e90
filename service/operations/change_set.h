/* SPDX-License-Identifier: Apache-2.0 */
/* The changes of structure that belong to a decision: who may let them take effect, and making them
 * when it is adopted. Whoever calls these holds the lock on the decision. */
#ifndef COHELM_CHANGE_SET_H
#define COHELM_CHANGE_SET_H

#include "decision_case.h"

struct change_set {
    bool exists; /* the decision has changes */
    struct json changes;
    const char *status;
    const char *authority;     /* NULL until it is opened */
    const char *authorised_by; /* the member who opened the decision */
    int64_t revision;          /* of the text that they came with */
    struct json reverse;
    bool adopted;  /* the decision is, and holds still */
    bool owner;    /* the caller is one */
    bool governed; /* the organisation is */
};

/* Reads the changes of the current text. False: 412 where `if_match` (text[]) is not of them. */
bool change_set_read(struct call *call, const struct decision_case *decision, const char *if_match,
                     struct change_set *set);

/* How far the caller may let changes reach, "organisation" or "team"; `authority` is what they or
 * those before them have already. False: 403. */
bool change_set_authority(struct call *call, const struct decision_case *decision,
                          const struct json *changes, const char **authority);

/* Before the decision is opened by the caller. False: 403, or 422 with all faults. */
bool change_set_open(struct call *call, const struct decision_case *decision);

/* Before a decision is opened that continues another one: its changes take effect by whoever let
 * those of the other one. Adds what keeps it from being opened with them. */
bool change_set_follow(struct call *call, const struct decision_case *continued,
                       const struct decision_case *decision, struct faults *faults);

/* Makes the changes of a decision that is stored as closed, if it is adopted and they were not made
 * yet. That one can't be made is stored, makes none of them and is no failure. What the database
 * can't do just now is left to be done in the background or by change_set_apply.c, and no failure
 * either, unless it `must` be done. `actor_id` may be NULL. */
bool change_set_make(struct call *call, const char *organisation_id, const char *decision_id,
                     const char *actor_id, bool must);

/* Undoes what was made, by the caller. False: 409 with all faults. */
bool change_set_undo(struct call *call, const struct decision_case *decision,
                     const struct change_set *set);

/* Answers with the changes as they are now. */
bool change_set_answer(struct call *call, const struct decision_case *decision);

#endif
