/* SPDX-License-Identifier: Apache-2.0 */
/* Consent (FRAMEWORKS.md 3.2): adopted when on the current revision everybody consented or raised
 * only concerns, and no qualified objection is open. */
#include "decide_consent.h"
#include "decide_family.h"
#include "decide_input.h"

#include <string.h>

enum objection_state { OBJECTION_UNRULED, OBJECTION_QUALIFIED, OBJECTION_DISMISSED };

size_t view_stance_phase(const struct decide_view *view)
{
    for (size_t i = 0; i < view->framework->phase_count; i++) {
        const struct framework_phase *phase = &view->framework->phases[i];
        for (size_t j = 0; j < phase->input_count; j++)
            if ((phase->ends & END_NO_OBJECTION) && strcmp(phase->inputs[j].type, "objection") == 0)
                return i;
    }
    return 0; /* not reached: framework_check */
}

bool consent_asked(const struct decide_view *view, const struct decide_elector *elector)
{
    const struct framework_phase *phase = &view->framework->phases[view_stance_phase(view)];
    for (size_t i = 0; i < phase->input_count; i++)
        if (input_type_stance(phase->inputs[i].type) &&
            view_gives(view, &phase->inputs[i], elector))
            return true;
    return false;
}

const struct decide_input *consent_stance(const struct decide_view *view,
                                          const struct decide_elector *elector)
{
    const struct decide_input *input = view_input(view, view_stance_phase(view), elector->member);
    return input && input_type_stance(input->type) ? input : NULL;
}

/* The objection is qualified if an argument was given for every criterion; the ruling says so, and
 * nothing about their truth. */
static enum objection_state objection_state(const struct decide_view *view,
                                            const struct decide_input *objection)
{
    if (!input_needs_ruling(&view->framework->rule, objection))
        return OBJECTION_QUALIFIED;
    const struct decide_input *ruling = view_answer(view, objection, "ruling");
    if (!ruling)
        return OBJECTION_UNRULED;
    for (size_t i = 0; i < CRITERIA; i++)
        if (!json_get_bool(json_get(ruling->data, "arguments_given"), input_criteria[i], false))
            return OBJECTION_DISMISSED;
    return OBJECTION_QUALIFIED;
}

struct stances consent_stances(const struct decide_view *view)
{
    struct stances stances = {0};
    const char *proposer = view->facts.proposer;
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        bool other = !proposer || strcmp(elector->member, proposer) != 0;
        if (!consent_asked(view, elector))
            continue;
        stances.other_notified = stances.other_notified || (other && elector->notified);
        const struct decide_input *input = consent_stance(view, elector);
        stances.given += input != NULL;
        stances.given_by_others += input && other;
        stances.silent += !input;
        stances.silent_here += !input && !elector->left;
        if (!input || strcmp(input->type, "objection") != 0)
            continue;
        enum objection_state state = objection_state(view, input);
        stances.unruled += state == OBJECTION_UNRULED;
        stances.qualified += state == OBJECTION_QUALIFIED;
    }
    return stances;
}

bool consent_last_round(const struct decide_view *view)
{
    int64_t max = view->framework->rule.max_rounds;
    return max && view->facts.round >= max;
}

bool consent_unopposed(const struct decide_view *view)
{
    struct stances stances = consent_stances(view);
    bool asked = view->facts.phase == view_stance_phase(view);
    if (stances.qualified)
        return !asked && !stances.unruled && consent_last_round(view);
    return !stances.unruled && !(asked && stances.silent_here);
}

/* With open objections the decision goes on to where they are integrated, unless no round is left
 * for the new text. */
static bool closes(const struct decide_view *view)
{
    const struct framework_phase *phase = view_phase(view);
    struct stances stances = consent_stances(view);
    if (!(phase->ends & END_NO_OBJECTION))
        return false;
    if (stances.qualified)
        return consent_last_round(view);
    return !stances.unruled;
}

/* Silence is past its limit when the deadline is. A decision closes only then, or when nobody who
 * is silent can speak any more; so who leaves or comes back later changes nothing. */
static bool limit_passed(const struct decide_case *facts)
{
    return facts->status == DECIDE_CLOSED || (facts->due_at && facts->now >= facts->due_at);
}

void consent_judge(const struct decide_view *view, const struct stances *stances,
                   struct decide_result *result)
{
    const struct framework_rule *rule = &view->framework->rule;
    result->outcome = OUTCOME_ESCALATED;
    if (stances->qualified)
        result->reason = consent_last_round(view) ? "max_rounds" : "objection_open";
    else if (stances->unruled)
        result->reason = "objection_unruled";
    else if (stances->silent && !(rule->silence_consents && limit_passed(&view->facts)))
        result->reason = "silence";
    else if (!stances->given_by_others && stances->silent && !stances->other_notified)
        result->reason = "nobody_notified"; /* rule h */
    else
        result->outcome = OUTCOME_ADOPTED;
}

static void write_objection(const struct decide_view *view, const struct decide_input *input,
                            struct json_writer *w)
{
    const struct decide_input *ruling = view_answer(view, input, "ruling");
    enum objection_state state = objection_state(view, input);
    jw_key(w, "qualified");
    if (state == OBJECTION_UNRULED)
        jw_null(w);
    else
        jw_bool(w, state == OBJECTION_QUALIFIED);
    jw_key(w, "ruling");
    if (!ruling || !input_needs_ruling(&view->framework->rule, input)) {
        jw_null(w);
        return;
    }
    jw_map(w);
    jw_key_text(w, "id", ruling->id);
    jw_key_text(w, "member", ruling->member);
    jw_key(w, "data");
    jw_value(w, ruling->data);
    jw_map_end(w);
}

static void write_stances(const struct decide_view *view, struct json_writer *w)
{
    jw_key(w, "stances");
    jw_list(w);
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        if (!consent_asked(view, elector))
            continue;
        const struct decide_input *input = consent_stance(view, elector);
        jw_map(w);
        jw_key_text(w, "member", elector->member);
        jw_key_text(w, "stance", input ? input->type : "silent");
        if (input) {
            jw_key_text(w, "input", input->id);
            jw_key(w, "data");
            jw_value(w, input->data);
        }
        if (input && strcmp(input->type, "objection") == 0)
            write_objection(view, input, w);
        jw_map_end(w);
    }
    jw_list_end(w);
}

void consent_write(const struct decide_view *view, struct json_writer *w)
{
    struct stances stances = consent_stances(view);
    size_t concerns = 0;
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_input *input = consent_stance(view, view->electors[i]);
        concerns += input && strcmp(input->type, "concern") == 0;
    }
    jw_key(w, "consent");
    jw_map(w);
    jw_key_int(w, "given", (int64_t)stances.given);
    jw_key_int(w, "silent", (int64_t)stances.silent);
    jw_key_int(w, "concerns", (int64_t)concerns);
    jw_key_int(w, "objections_qualified", (int64_t)stances.qualified);
    jw_key_int(w, "objections_unruled", (int64_t)stances.unruled);
    jw_key_bool(w, "silence_consents", view->framework->rule.silence_consents);
    jw_map_end(w);
    write_stances(view, w);
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    struct stances stances = consent_stances(view);
    consent_judge(view, &stances, result);
    consent_write(view, w);
}

const struct decide_family family_consent = {
    .unopposed = consent_unopposed, .closes = closes, .count = count};
