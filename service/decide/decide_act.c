/* SPDX-License-Identifier: Apache-2.0 */
/* What a person does to a decision as a whole. */
#include "decide.h"
#include "decide_engine.h"
#include "decide_input.h"
#include "decide_refuse.h"

#include <string.h>

static bool refuse_state(struct decide_refusal *refusal, const struct decide_view *view)
{
    return refuse(refusal, PROBLEM_DECISION_STATE,
                  view->facts.status == DECIDE_DRAFT ? "The decision is not open yet."
                                                     : "The decision is closed.");
}

/* True if the member holds one of the roles, or the caller vouches for the right. */
static bool holds(const struct decide_view *view, const char *member, framework_roles roles)
{
    const struct decide_elector *elector = view_elector(view, member);
    return !member || (elector && !elector->left && (elector->roles & roles));
}

bool holds_action(const struct decide_view *view, const char *member, enum framework_action action)
{
    framework_roles roles = 0;
    for (size_t i = 0; i < view->framework->role_count; i++)
        if (view->framework->roles[i].may & (unsigned)action)
            roles |= 1U << i;
    return holds(view, member, roles);
}

/* Who proposed it may take it back, whatever roles the framework has. */
bool holds_withdraw(const struct decide_view *view, const char *member)
{
    const struct decide_elector *elector = view_elector(view, member);
    const char *proposer = view->facts.proposer;
    bool gone = elector && elector->left;
    return (member && proposer && !gone && strcmp(member, proposer) == 0) ||
           holds_action(view, member, MAY_WITHDRAW);
}

bool holds_advance(const struct decide_view *view, const char *member)
{
    return holds(view, member, view_phase(view)->advance);
}

static bool advance(struct decide_view *view, const char *member, struct decide_step *step,
                    struct decide_refusal *refusal)
{
    bool by_person = view_phase(view)->ends & (END_ADVANCE | END_QUOTA);
    if (!holds_advance(view, member))
        return refuse(refusal, PROBLEM_PERMISSION_DENIED,
                      "Your roles in this decision do not let you move on from this phase.");
    size_t missing = by_person ? view_missing_to_advance(view, &refusal->faults)
                               : view_missing(view, view->facts.phase, true, &refusal->faults);
    if (!by_person)
        return refuse(refusal, PROBLEM_PHASE_INCOMPLETE,
                      "This phase ends by itself, not by somebody moving on.");
    if (missing)
        return refuse(refusal, PROBLEM_PHASE_INCOMPLETE, "Something demanded is not there yet.");
    engine_end_phase(view, step, "advance", view->facts.now);
    engine_settle(view, step);
    return true;
}

bool decide_advance(const struct decide_case *decision, const char *member, const char *phase,
                    int64_t round, struct decide_step *step, struct decide_refusal *refusal)
{
    struct decide_view view;
    refusal_init(refusal, decision->arena);
    engine_begin(decision, &view, step);
    if (view.facts.status != DECIDE_OPEN)
        return refuse_state(refusal, &view);
    /* before the right: who may end the phase named need not have a part in the next one */
    if (phase && strcmp(phase, view_phase(&view)->key) != 0)
        return refuse(refusal, PROBLEM_DECISION_STATE,
                      arena_printf(view.arena, "The current phase is %s.", view_phase(&view)->key));
    if (round && round != view.facts.round)
        return refuse(refusal, PROBLEM_DECISION_STATE,
                      arena_printf(view.arena, "This is round %lld.", (long long)view.facts.round));
    return advance(&view, member, step, refusal);
}

bool decide_close(const struct decide_case *decision, const char *member, struct decide_step *step,
                  struct decide_refusal *refusal)
{
    struct decide_view view;
    refusal_init(refusal, decision->arena);
    engine_begin(decision, &view, step);
    if (view.facts.status == DECIDE_CLOSED)
        return true; /* rule j */
    if (view.facts.status == DECIDE_DRAFT)
        return refuse_state(refusal, &view);
    /* somebody without the right is told so below, whatever the phase */
    if (view.facts.phase + 1 < view.framework->phase_count && holds_advance(&view, member))
        return refuse(refusal, PROBLEM_DECISION_STATE, "There are phases still to come.");
    return advance(&view, member, step, refusal);
}

/* True from the first phase on in which the text is judged: a new text is then a new round. */
static bool is_judged(const struct decide_view *view)
{
    for (size_t i = 0; i <= view->facts.phase; i++) {
        const struct framework_phase *phase = &view->framework->phases[i];
        if (phase->ballots || (phase->ends & END_NO_OBJECTION))
            return true;
        for (size_t j = 0; j < phase->input_count; j++)
            if (input_type_stance(phase->inputs[j].type))
                return true;
    }
    return false;
}

bool rounds_exhausted(const struct decide_view *view)
{
    int64_t max = view->framework->rule.max_rounds;
    return max && view->facts.round >= max && is_judged(view);
}

bool decide_revise(const struct decide_case *decision, const char *member, struct decide_step *step,
                   struct decide_refusal *refusal)
{
    struct decide_view view;
    refusal_init(refusal, decision->arena);
    engine_begin(decision, &view, step);
    const struct framework_phase *phase = view_phase(&view);
    if (view.facts.status != DECIDE_OPEN)
        return refuse_state(refusal, &view);
    if (!holds_action(&view, member, MAY_REVISE))
        return refuse(refusal, PROBLEM_PERMISSION_DENIED,
                      "Your roles in this decision do not let you revise it.");
    if (phase->revise < 0)
        return refuse(refusal, PROBLEM_DECISION_STATE, "The text can't be revised in this phase.");
    if (rounds_exhausted(&view)) {
        faults_add(&refusal->faults, "/round", FAULT_ROUNDS_EXHAUSTED,
                   "This is round %lld, the last.", (long long)view.facts.round);
        return refuse(refusal, PROBLEM_DECISION_STATE, "The framework allows no further round.");
    }
    view.facts.revision++;
    view.facts.round += is_judged(&view);
    view_refresh(&view);
    engine_start_phase(&view, step, (size_t)phase->revise, EVENT_REVISED, "revised",
                       view.facts.now);
    return true;
}

bool decide_withdraw(const struct decide_case *decision, const char *member,
                     struct decide_step *step, struct decide_refusal *refusal)
{
    struct decide_view view;
    refusal_init(refusal, decision->arena);
    engine_begin(decision, &view, step);
    if (view.facts.withdrawn)
        return true;
    if (view.facts.status != DECIDE_OPEN)
        return refuse_state(refusal, &view);
    if (!holds_withdraw(&view, member))
        return refuse(
            refusal, PROBLEM_PERMISSION_DENIED,
            "Neither did you propose this decision, nor do your roles in it let you withdraw "
            "it.");
    view.facts.withdrawn = true;
    engine_close(&view, step, "withdrawn", view.facts.now);
    return true;
}
