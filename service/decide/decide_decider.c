/* SPDX-License-Identifier: Apache-2.0 */
/* One person decides: the newest `decision` input is the outcome (FRAMEWORKS.md section 2). */
#include "decide_family.h"

#include <string.h>

void decider_count(const struct decide_view *view, struct decide_result *result,
                   struct json_writer *w)
{
    const struct decide_input *input = view_newest(view, "decision");
    const char *choice = input ? json_get_text(input->data, "choice") : NULL;
    jw_key(w, "decision");
    if (!choice) {
        result->outcome = OUTCOME_EXPIRED;
        jw_null(w);
        return;
    }
    result->outcome = OUTCOME_ADOPTED;
    view_win(view, choice, result);
    /* without options the question is whether the proposal is adopted */
    if (!view->facts.option_count && strcmp(choice, "no") == 0)
        result->outcome = OUTCOME_REJECTED;
    jw_map(w);
    jw_key_text(w, "member", input->member);
    jw_key_text(w, "choice", choice);
    jw_key_text(w, "rationale", json_get_text(input->data, "rationale"));
    jw_map_end(w);
}

const struct decide_family family_decider = {.count = decider_count};
