/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a decision, sorted for looking up: the electorate by member, and of the inputs only
 * those that count (the current revision's and round's, of each the newest). Private to decide/. */
#ifndef COHELM_DECIDE_VIEW_H
#define COHELM_DECIDE_VIEW_H

#include "decide.h"

struct decide_view {
    struct arena *arena;
    struct decide_case facts; /* a copy, which the engine carries forward */
    const struct framework *framework;
    const struct decide_elector **electors; /* by member */
    size_t elector_count;
    const struct decide_input **inputs; /* without subject, by phase and member, one each */
    size_t input_count;
    const struct decide_input **answers; /* with subject, by subject and type, one each */
    size_t answer_count;
    const char **voters; /* members with an open ballot on the current revision, sorted */
    size_t voter_count;
};

void view_init(struct decide_view *view, const struct decide_case *decision);

/* Looks the inputs up again after the revision or the round changed. */
void view_refresh(struct decide_view *view);

const struct framework_phase *view_phase(const struct decide_view *view);

/* The elector, or NULL for somebody outside the electorate. */
const struct decide_elector *view_elector(const struct decide_view *view, const char *member);

/* What the member has given in a phase (rule b: one input per member, phase and revision), or NULL.
 */
const struct decide_input *view_input(const struct decide_view *view, size_t phase,
                                      const char *member);

/* The newest answer of a type to an input, or NULL. */
const struct decide_input *view_answer(const struct decide_view *view,
                                       const struct decide_input *subject, const char *type);

/* The current input that stands under an id, or NULL. */
const struct decide_input *view_input_by_id(const struct decide_view *view, const char *id);

/* Who casts ballots in a phase, and who has. Someone who left still stands in the denominator. */
bool view_votes(const struct decide_view *view, const struct framework_phase *phase,
                const struct decide_elector *elector);
bool view_has_voted(const struct decide_view *view, const struct decide_elector *elector);

/* True if the member may give such an input, by role. */
bool view_gives(const struct decide_view *view, const struct framework_input *input,
                const struct decide_elector *elector);

/* True if a role of the elector gives the deciding input. */
bool view_decides(const struct decide_view *view, const struct decide_elector *elector);

/* True if the input is one that others must answer by inputs of `type`. */
bool view_demands_answer(const struct decide_view *view, const char *type,
                         const struct decide_input *subject);

/* True if an input or ballot that a phase demands of a member who can act is not there. */
bool view_owes(const struct decide_view *view, size_t phase, const struct decide_elector *elector);

/* How much is missing to the options that the rule demands before they are voted on or decided on;
 * each fault is added unless `faults` is NULL. */
size_t view_options_missing(const struct decide_view *view, struct faults *faults);

/* True if somebody who can act still owes an input that a phase demands, other than an answer. */
bool view_unsaid(const struct decide_view *view, size_t index);

/* How much keeps a person from moving on from the current phase: with the condition `quota` only
 * what the method demands. Faults as of view_missing. */
size_t view_missing_to_advance(const struct decide_view *view, struct faults *faults);

/* How much is missing of what a phase demands of those who can still act. Each is added to `faults`
 * unless that is NULL. Ballots count only `with_ballots`. */
size_t view_missing(const struct decide_view *view, size_t index, bool with_ballots,
                    struct faults *faults);

#endif
