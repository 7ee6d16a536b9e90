/* SPDX-License-Identifier: Apache-2.0 */
/* One person decides: the newest `decision` input is the outcome (FRAMEWORKS.md section 2). */
#include "decide_family.h"

#include <string.h>

/* Of several deciders the first to decide ends the phase, so there is one; should two have been
 * stored at once, the later one replaces the earlier. */
static const struct decide_input *decision_of(const struct decide_view *view)
{
    const struct decide_input *found = NULL;
    for (size_t i = 0; i < view->input_count; i++) {
        const struct decide_input *input = view->inputs[i];
        if (strcmp(input->type, "decision") == 0 &&
            (!found || input->at > found->at ||
             (input->at == found->at && strcmp(input->id, found->id) > 0)))
            found = input;
    }
    return found;
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    const struct decide_input *input = decision_of(view);
    const char *choice = input ? json_get_text(input->data, "choice") : NULL;
    jw_key(w, "decision");
    if (!choice) {
        result->outcome = OUTCOME_EXPIRED;
        jw_null(w);
        return;
    }
    result->outcome = OUTCOME_ADOPTED;
    for (size_t i = 0; i < view->facts.option_count; i++) {
        if (strcmp(view->facts.options[i].key, choice) != 0)
            continue;
        const char **winners = arena_array(view->arena, 1, sizeof *winners);
        winners[0] = view->facts.options[i].key;
        result->winners = winners;
        result->winner_count = 1;
    }
    /* without options the question is whether the proposal is adopted */
    if (!view->facts.option_count && strcmp(choice, "no") == 0)
        result->outcome = OUTCOME_REJECTED;
    jw_map(w);
    jw_key_text(w, "member", input->member);
    jw_key_text(w, "choice", choice);
    jw_key_text(w, "rationale", json_get_text(input->data, "rationale"));
    jw_map_end(w);
}

const struct decide_family family_decider = {.count = count};
