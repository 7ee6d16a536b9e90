/* SPDX-License-Identifier: Apache-2.0 */
/* DACI (FRAMEWORKS.md 3.12): the driver recommends, the approver approves, rejects or returns. */
#include "decide_family.h"

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    (void)w;
    const struct decide_input *recommendation = view_newest(view, "recommendation");
    result->outcome = view_verdict(view);
    if (result->outcome == OUTCOME_EXPIRED)
        result->reason = "not_approved";
    if (result->outcome == OUTCOME_ADOPTED && recommendation)
        view_win(view, json_get_text(recommendation->data, "choice"), result);
}

static void always(const struct decide_view *view, struct json_writer *w)
{
    view_write_input(w, "recommendation", view_newest(view, "recommendation"));
    view_write_said(view, w, "verdicts", "verdict");
    jw_key_int(w, "returns", view->facts.round - 1);
    view_write_addressed(view, w, "informed", "notice");
}

const struct decide_family family_daci = {.count = count, .always = always};
