/* SPDX-License-Identifier: Apache-2.0 */
/* RAPID (FRAMEWORKS.md 3.12): the decider decides when all who must agree do, or the recommender
 * has escalated; what was said against it stays in the report. */
#include "decide_family.h"

#include <string.h>

static const struct decide_input *agreement_of(const struct decide_view *view,
                                               const struct decide_elector *elector)
{
    int phase = view_phase_of(view, "agreement");
    const struct decide_input *input = view_input(view, (size_t)phase, elector->member);
    return input && strcmp(input->type, "agreement") == 0 ? input : NULL;
}

static bool agrees(const struct decide_input *input)
{
    return input && json_is_text(json_get(input->data, "value"), "agree");
}

/* Those who must agree and do not: by a reason, or (who can still answer) by silence. */
static bool dissents(const struct decide_view *view, const struct decide_elector *elector)
{
    const struct decide_input *input = agreement_of(view, elector);
    return input ? !agrees(input) : !elector->left;
}

static size_t disagreeing(const struct decide_view *view)
{
    const struct decide_elector **asked;
    size_t count = view_askable(view, "agreement", &asked), found = 0;
    for (size_t i = 0; i < count; i++)
        found += dissents(view, asked[i]);
    return found;
}

static bool is_settled(const struct decide_view *view)
{
    return view_newest(view, "escalation") || !disagreeing(view);
}

/* Only those who have spoken: who has not is missing as any demanded input is. */
static size_t missing(const struct decide_view *view, size_t phase, struct faults *faults)
{
    const struct decide_elector **asked;
    size_t count = 0, found = 0;
    if ((int)phase != view_phase_of(view, "agreement") || is_settled(view))
        return 0;
    count = view_askable(view, "agreement", &asked);
    for (size_t i = 0; i < count; i++) {
        if (!agreement_of(view, asked[i]) || !dissents(view, asked[i]))
            continue;
        found++;
        if (faults)
            faults_add(faults, arena_printf(view->arena, "/stakeholders/%s", asked[i]->member),
                       FAULT_AGREEMENT_MISSING, "%s does not agree.", asked[i]->member);
    }
    return found;
}

static bool unopposed(const struct decide_view *view)
{
    return (int)view->facts.phase == view_phase_of(view, "agreement") && !disagreeing(view);
}

/* Nothing goes past those who must agree but by escalation; a decision against the proposal needs
 * nobody to perform it. */
static bool closes(const struct decide_view *view)
{
    const struct decide_input *decision = view_newest(view, "decision");
    if ((int)view->facts.phase == view_phase_of(view, "agreement"))
        return !is_settled(view);
    return decision && !view->facts.option_count &&
           json_is_text(json_get(decision->data, "choice"), "no");
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    decider_count(view, result, w);
    if (result->outcome == OUTCOME_EXPIRED && !is_settled(view))
        result->reason = "agreement_missing";
}

static void write_dissent(const struct decide_view *view, struct json_writer *w)
{
    const struct decide_elector **asked;
    size_t count = view_askable(view, "agreement", &asked);
    jw_key(w, "dissent");
    jw_list(w);
    for (size_t i = 0; i < count; i++) {
        const struct decide_input *input = agreement_of(view, asked[i]);
        if (!dissents(view, asked[i]))
            continue;
        jw_map(w);
        jw_key_text(w, "member", asked[i]->member);
        jw_key_text(w, "value", input ? "disagree" : "silent");
        jw_key_text(w, "text", input ? json_get_text(input->data, "text") : NULL);
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void always(const struct decide_view *view, struct json_writer *w)
{
    view_write_input(w, "recommendation", view_newest(view, "recommendation"));
    if (view_phase_of(view, "agreement") >= 0)
        write_dissent(view, w);
    view_write_input(w, "escalation", view_newest(view, "escalation"));
    view_write_input(w, "performers", view_newest(view, "performers"));
}

const struct decide_family family_rapid = {
    .unopposed = unopposed, .closes = closes, .missing = missing, .count = count, .always = always};
