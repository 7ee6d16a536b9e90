/* SPDX-License-Identifier: Apache-2.0 */
/* Lazy consensus (FRAMEWORKS.md 3.5): adopted at the end of the window unless somebody says -1 with
 * a reason. Everybody counts once, whatever their weight. */
#include "decide_family.h"
#include "decide_input.h"
#include "decide_position.h"

#include <string.h>

struct answers {
    int64_t plus, zero, minus, minus_void;
    int64_t by_others; /* of those that count, not by the proposer */
    bool other_notified;
};

static void add_answer(const struct decide_input *input, bool other, struct answers *answers)
{
    bool minus = strcmp(input->type, "minus_one") == 0;
    if (minus && !input_has_reason(input)) {
        answers->minus_void++;
        return;
    }
    answers->minus += minus;
    answers->plus += strcmp(input->type, "plus_one") == 0;
    answers->zero += strcmp(input->type, "zero") == 0;
    answers->by_others += other;
}

static struct answers take_answers(const struct decide_view *view)
{
    struct answers answers = {0};
    size_t phase = position_phase(view, "minus_one");
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        bool other = !view->facts.proposer || strcmp(elector->member, view->facts.proposer) != 0;
        if (!position_asked(view, phase, elector))
            continue;
        const struct decide_input *input = position_of(view, phase, elector);
        answers.other_notified = answers.other_notified || (other && elector->notified);
        if (input)
            add_answer(input, other, &answers);
    }
    return answers;
}

static void judge(const struct framework_rule *rule, const struct answers *answers,
                  struct decide_result *result)
{
    result->outcome = OUTCOME_REJECTED;
    if (answers->minus) {
        result->outcome = rule->fallback.framework ? OUTCOME_ESCALATED : OUTCOME_REJECTED;
        result->reason = "minus_one";
    } else if (!answers->by_others && !rule->silence_consents) {
        result->reason = "nobody_answered"; /* rule h */
    } else if (!answers->by_others && !answers->other_notified) {
        result->reason = "nobody_notified"; /* rule h */
    } else if (answers->plus < rule->min_plus_ones) {
        result->reason = "too_few_plus_ones";
    } else {
        result->outcome = OUTCOME_ADOPTED;
    }
}

static void write_positions(const struct decide_view *view, struct json_writer *w)
{
    size_t phase = position_phase(view, "minus_one");
    jw_key(w, "positions");
    jw_list(w);
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        const struct decide_input *input = position_of(view, phase, elector);
        if (!input || !position_asked(view, phase, elector))
            continue;
        jw_map(w);
        jw_key_text(w, "member", elector->member);
        jw_key_text(w, "position", input->type);
        jw_key_text(w, "input", input->id);
        jw_key(w, "data");
        jw_value(w, input->data);
        if (strcmp(input->type, "minus_one") == 0)
            jw_key_bool(w, "void", !input_has_reason(input));
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    struct answers answers = take_answers(view);
    judge(&view->framework->rule, &answers, result);
    jw_key(w, "lazy_consensus");
    jw_map(w);
    jw_key_int(w, "plus_one", answers.plus);
    jw_key_int(w, "zero", answers.zero);
    jw_key_int(w, "minus_one", answers.minus);
    jw_key_int(w, "minus_one_void", answers.minus_void);
    jw_key_int(w, "min_plus_ones", view->framework->rule.min_plus_ones);
    jw_key_bool(w, "silence_consents", view->framework->rule.silence_consents);
    jw_map_end(w);
    write_positions(view, w);
}

const struct decide_family family_lazy = {.count = count};
