/* SPDX-License-Identifier: Apache-2.0 */
/* Delegation levels (FRAMEWORKS.md 3.13): what each of the seven means, and whether a draft is what
 * the level that applies to it asks for. Pure. */
#ifndef COHELM_DELEGATION_H
#define COHELM_DELEGATION_H

#include "decide.h"

enum delegation_deciders { DECIDED_BY_DELEGATOR, DECIDED_BY_BOTH, DECIDED_BY_TEAM };

enum delegation_duty {
    DUTY_RATIONALE = 1 << 0,    /* the outcome says why */
    DUTY_INPUT_FIRST = 1 << 1,  /* others are asked before */
    DUTY_ADVICE_FIRST = 1 << 2, /* advice has come before, or the deadline for it has passed */
    DUTY_ANSWER = 1 << 3        /* the team answers for it within so many days */
};
#define DELEGATION_DUTIES 4

struct delegation_level {
    const char *name;
    const char *framework; /* key of the built-in one that fits */
    enum delegation_deciders deciders;
    unsigned duties; /* enum delegation_duty */
};

#define DELEGATION_LEVELS 7
extern const struct delegation_level delegation_levels[DELEGATION_LEVELS]; /* by level - 1 */

const char *delegation_deciders_text(enum delegation_deciders deciders);
const char *delegation_duty_text(size_t bit); /* of 1 << bit */

/* The level that applies to a draft. */
struct delegation {
    int64_t level; /* 1 … 7; 0: none */
    const char *delegator;
    const char *const *team; /* ids of its members, in any order */
    size_t team_count;
};

/* Is the draft what the level asks for? False: every fault was added, with the pointers
 * /stakeholders, /stakeholders/<member> and /framework. Who decides are those whose input, ballot
 * or stance makes the outcome; who is only asked or told may be anybody. At "agree" no method will
 * do that can outvote one of the two. */
bool delegation_check(const struct decide_case *decision, const struct delegation *delegation,
                      struct faults *faults);

#endif
