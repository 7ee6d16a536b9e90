/* SPDX-License-Identifier: Apache-2.0 */
/* The decision that continues one which escalated: made and opened by its fallback framework in the
 * transaction that closes the other, so that there is exactly one. */
#ifndef COHELM_FOLLOW_UP_H
#define COHELM_FOLLOW_UP_H

#include "decision_case.h"

struct follow_up {
    const char *id;       /* of the decision to be made; NULL: none follows */
    const char *obstacle; /* why none does although there is a fallback, or NULL */
    const char *framework_id, *version;
    struct json definition;
    struct framework framework;
};

/* What follows the step, which closes the decision or does not. */
bool follow_up_find(struct call *call, const struct decision_case *decision,
                    const struct decide_step *step, struct follow_up *follow);

/* Makes it, after the closed decision was stored, and opens it. Where that can't be it stays a
 * draft, and its event `decision.not_opened` says why. Does nothing where none follows. */
bool follow_up_open(struct call *call, const struct decision_case *decision,
                    const struct follow_up *follow);

#endif
