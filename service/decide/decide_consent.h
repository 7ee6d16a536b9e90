/* SPDX-License-Identifier: Apache-2.0 */
/* How members stand to a proposal, for the methods in which objections decide. Private to decide/.
 */
#ifndef COHELM_DECIDE_CONSENT_H
#define COHELM_DECIDE_CONSENT_H

#include "decide_view.h"

struct stances {
    size_t given, given_by_others; /* others: than the proposer */
    size_t silent, silent_here;    /* here: could still speak */
    size_t unruled, qualified;     /* objections */
    bool other_notified;           /* somebody eligible but the proposer was told */
};

struct stances consent_stances(const struct decide_view *view);

/* True if the elector is asked for a stance; their stance, or NULL. */
bool consent_asked(const struct decide_view *view, const struct decide_elector *elector);
const struct decide_input *consent_stance(const struct decide_view *view,
                                          const struct decide_elector *elector);

/* True if no round may follow this one. */
bool consent_last_round(const struct decide_view *view);

/* As decide_family.unopposed. */
bool consent_unopposed(const struct decide_view *view);

/* Adopted, or escalated and why. */
void consent_judge(const struct decide_view *view, const struct stances *stances,
                   struct decide_result *result);

/* The members `consent` and `stances` of the count report. */
void consent_write(const struct decide_view *view, struct json_writer *w);

#endif
