/* SPDX-License-Identifier: Apache-2.0 */
/* What a family of methods adds to the engine: when it is sure, and what comes out. Private to
 * decide/. */
#ifndef COHELM_DECIDE_FAMILY_H
#define COHELM_DECIDE_FAMILY_H

#include "decide_view.h"

struct decide_family {
    /* Nobody objects any more, or no further round could change that. NULL: never. */
    bool (*unopposed)(const struct decide_view *view);
    /* Every completion of the missing ballots gives the same outcome. NULL: never known. */
    bool (*certain)(const struct decide_view *view);
    /* At the end of a phase that is not the last: does the decision close? NULL: no. */
    bool (*closes)(const struct decide_view *view);
    /* The outcome, and the family's members of the count report into the open map of `w`. */
    void (*count)(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w);
};

const struct decide_family *view_family(const struct decide_view *view);

extern const struct decide_family family_decider, family_consent, family_vote;

/* The phase of that the stances are asked, where objections decide. */
size_t view_stance_phase(const struct decide_view *view);

/* True if the rule's overall time limit had passed when the decision closed. */
bool view_expired(const struct decide_view *view);

/* decide_count on facts carried forward. */
void view_count(const struct decide_view *view, struct decide_result *result, struct buf *report);

#endif
