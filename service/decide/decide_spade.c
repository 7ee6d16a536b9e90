/* SPDX-License-Identifier: Apache-2.0 */
/* SPADE (FRAMEWORKS.md 3.12): the consulted vote in private and do not bind; the responsible
 * decides and writes why; the approver may veto; the explanation is published. */
#include "decide_family.h"
#include "decide_vote.h"

#include <string.h>

/* The statement of a phase after the decision. */
static const struct decide_input *explanation(const struct decide_view *view)
{
    const struct decide_input *found = NULL;
    for (size_t i = 0; i < view->input_count; i++)
        if (strcmp(view->inputs[i]->type, "statement") == 0 &&
            framework_phase_find(view->framework, view->inputs[i]->phase) >
                view_phase_of(view, "decision"))
            found = view->inputs[i];
    return found;
}

/* The sums of the private votes, unless they are so few that they would tell who said what. Who
 * verifies a record does not know who voted, but finds ballots in it only if they may be shown. */
static void write_votes(const struct decide_view *view, struct json_writer *w)
{
    size_t voters = 0, ballots = 0;
    for (size_t i = 0; i < view->elector_count; i++)
        voters += view_has_voted(view, view->electors[i]);
    for (size_t i = 0; i < view->facts.ballot_count; i++)
        ballots += view->facts.ballots[i].revision == view->facts.revision;
    jw_key(w, "votes");
    if (!ballots || (voters && voters < DECIDE_SHOWN_FROM) || !vote_write(view, w))
        jw_null(w);
}

static void always(const struct decide_view *view, struct json_writer *w)
{
    write_votes(view, w);
    view_write_said(view, w, "verdicts", "verdict");
    jw_key_int(w, "vetoes", view->facts.round - 1);
    view_write_input(w, "explanation", explanation(view));
}

const struct decide_family family_spade = {.count = decider_count, .always = always};
