/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_engine.h"
#include "decide_family.h"
#include "decide_input.h"

#include <assert.h>
#include <string.h>

/* A report holds at most some numbers per pair of options and some texts per member. */
#define REPORT_MAX ((size_t)64 << 20)

/* Copies the facts into the step; together they stay the same. */
static void note(const struct decide_view *view, struct decide_step *step)
{
    const struct decide_case *facts = &view->facts;
    step->status = facts->status;
    step->phase = facts->phase;
    step->phase_key = view_phase(view)->key;
    step->round = facts->round;
    step->revision = facts->revision;
    step->withdrawn = facts->withdrawn;
    step->opened_at = facts->opened_at;
    step->phase_started_at = facts->phase_started_at;
    step->due_at = facts->due_at;
    step->closed_at = facts->closed_at;
}

static void add_event(struct decide_view *view, struct decide_step *step,
                      enum decide_event_kind kind, const char *cause, int64_t at)
{
    assert(step->event_count < DECIDE_EVENTS_MAX);
    step->events[step->event_count++] = (struct decide_event){.kind = kind,
                                                              .cause = cause,
                                                              .phase = view_phase(view)->key,
                                                              .round = view->facts.round,
                                                              .revision = view->facts.revision,
                                                              .at = at};
    note(view, step);
}

static int64_t due_of(const struct decide_view *view, int64_t at)
{
    const struct framework_phase *phase = view_phase(view);
    bool last = view->facts.phase + 1 == view->framework->phase_count;
    int64_t due = phase->limited ? duration_add(at, &phase->duration) : 0;
    bool window = view->framework->rule.family == FAMILY_LAZY; /* may never be shortened */
    if (last && view->facts.wanted_at > (window ? due : at))
        return view->facts.wanted_at;
    return due;
}

void engine_start_phase(struct decide_view *view, struct decide_step *step, size_t phase,
                        enum decide_event_kind kind, const char *cause, int64_t at)
{
    struct decide_case *facts = &view->facts;
    facts->phase = phase;
    facts->phase_started_at = at;
    facts->due_at = due_of(view, at);
    add_event(view, step, kind, cause, at);
}

void engine_close(struct decide_view *view, struct decide_step *step, const char *cause, int64_t at)
{
    struct decide_result result;
    struct buf report;
    view->facts.status = DECIDE_CLOSED;
    view->facts.closed_at = at;
    add_event(view, step, EVENT_CLOSED, cause, at);
    buf_init(&report, view->arena, REPORT_MAX);
    view_count(view, &result, &report);
    step->outcome = result.outcome;
    step->winners = result.winners;
    step->winner_count = result.winner_count;
    step->report = buf_cstr(&report);
    step->report_len = report.len;
    step->proxies = result.proxies;
    step->proxy_count = result.proxy_count;
}

/* True if the phase ends in which options are put, without enough of them to go on. */
static bool options_lack(const struct decide_view *view)
{
    return view_phase(view)->options && view_options_missing(view, NULL);
}

void engine_end_phase(struct decide_view *view, struct decide_step *step, const char *cause,
                      int64_t at)
{
    const struct decide_family *family = view_family(view);
    int back = family->returns ? family->returns(view) : -1;
    if (back >= 0) {
        view->facts.round++;
        view_refresh(view);
        engine_start_phase(view, step, (size_t)back, EVENT_PHASE_STARTED, cause, at);
        return;
    }
    if (view->facts.phase + 1 == view->framework->phase_count || options_lack(view) ||
        (family->closes && family->closes(view)))
        engine_close(view, step, cause, at);
    else
        engine_start_phase(view, step, view->facts.phase + 1, EVENT_PHASE_STARTED, cause, at);
}

/* The condition by which what was said and voted ends the phase, or NULL. */
static const char *fulfilled(const struct decide_view *view)
{
    const struct framework_phase *phase = view_phase(view);
    const struct decide_family *family = view_family(view);
    if ((phase->ends & END_NO_OBJECTION) && family->unopposed && family->unopposed(view))
        return "no_objection";
    if (phase->ends & END_DECIDED)
        for (size_t i = 0; i < view->input_count; i++)
            if (input_type_decides(view->inputs[i]->type) &&
                strcmp(view->inputs[i]->phase, phase->key) == 0)
                return "decided";
    if ((phase->ends & END_ALL_IN) && !view_missing(view, view->facts.phase, true, NULL))
        return "all_in";
    if ((phase->ends & END_CERTAIN) && view->framework->rule.early_close && family->certain &&
        family->certain(view))
        return "certain";
    return NULL;
}

/* When the facts became what they are: since then a fulfilled condition holds. So it does not
 * matter when somebody looks. */
static int64_t fulfilled_at(const struct decide_view *view)
{
    const struct decide_case *facts = &view->facts;
    int64_t at = facts->phase_started_at;
    if (facts->changed_at > at)
        at = facts->changed_at;
    for (size_t i = 0; i < view->input_count; i++)
        if (view->inputs[i]->at > at)
            at = view->inputs[i]->at;
    for (size_t i = 0; i < view->answer_count; i++)
        if (view->answers[i]->at > at)
            at = view->answers[i]->at;
    for (size_t i = 0; i < view->elector_count; i++)
        if (view->electors[i]->left && view->electors[i]->left_at > at)
            at = view->electors[i]->left_at; /* whom the others need not wait for any more */
    return at < facts->now ? at : facts->now;
}

/* What sends the decision back to an earlier phase, as a new revision and a new round. */
static const struct decide_input *sent_back(const struct decide_view *view)
{
    const struct framework_phase *phase = view_phase(view);
    for (size_t i = 0; phase->back >= 0 && i < view->input_count; i++)
        if (strcmp(view->inputs[i]->phase, phase->key) == 0 && input_is_sent_back(view->inputs[i]))
            return view->inputs[i];
    return NULL;
}

static void go_back(struct decide_view *view, struct decide_step *step,
                    const struct decide_input *input)
{
    int back = view_phase(view)->back;
    bool veto = json_is_text(json_get(input->data, "value"), "veto");
    view->facts.revision++;
    view->facts.round++;
    view_refresh(view);
    engine_start_phase(view, step, (size_t)back, EVENT_REVISED, veto ? "vetoed" : "returned",
                       input->at);
}

/* Lets the next thing happen that has happened by itself; false when there is none. */
static bool happen(struct decide_view *view, struct decide_step *step)
{
    const struct decide_case *facts = &view->facts;
    const struct framework_rule *rule = &view->framework->rule;
    int64_t expiry = rule->expires ? duration_add(facts->opened_at, &rule->expiry) : INT64_MAX;
    int64_t due = facts->due_at ? facts->due_at : INT64_MAX;
    int64_t limit = expiry <= due ? expiry : due;
    int64_t at = fulfilled_at(view);
    const struct decide_input *back = sent_back(view);
    const char *cause = at < limit ? fulfilled(view) : NULL;
    if (back && back->at < limit)
        go_back(view, step, back);
    else if (cause)
        engine_end_phase(view, step, cause, at);
    else if (limit > facts->now)
        return false;
    else if (expiry <= due)
        engine_close(view, step, "expiry", expiry);
    else
        engine_end_phase(view, step, "deadline", due);
    return true;
}

void engine_settle(struct decide_view *view, struct decide_step *step)
{
    while (view->facts.status == DECIDE_OPEN && !view->facts.part && happen(view, step))
        ;
}

void engine_begin(const struct decide_case *decision, struct decide_view *view,
                  struct decide_step *step)
{
    view_init(view, decision);
    *step = (struct decide_step){.outcome = OUTCOME_NONE};
    note(view, step);
    engine_settle(view, step);
}

void decide_open(const struct decide_case *decision, struct decide_step *step)
{
    struct decide_view view;
    view_init(&view, decision);
    *step = (struct decide_step){.outcome = OUTCOME_NONE};
    view.facts.status = DECIDE_OPEN;
    view.facts.round = 1;
    view.facts.revision = decision->revision ? decision->revision : 1;
    view.facts.opened_at = decision->now;
    engine_start_phase(&view, step, 0, EVENT_OPENED, "opened", decision->now);
}

void decide_settle(const struct decide_case *decision, struct decide_step *step)
{
    struct decide_view view;
    engine_begin(decision, &view, step);
}

void decide_apply(struct decide_case *decision, const struct decide_step *step)
{
    decision->status = step->status;
    decision->phase = step->phase;
    decision->round = step->round;
    decision->revision = step->revision;
    decision->withdrawn = step->withdrawn;
    decision->opened_at = step->opened_at;
    decision->phase_started_at = step->phase_started_at;
    decision->due_at = step->due_at;
    decision->closed_at = step->closed_at;
}
