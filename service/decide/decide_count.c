/* SPDX-License-Identifier: Apache-2.0 */
#include "decide.h"
#include "decide_family.h"

#include <string.h>

static const char *const status_texts[] = {"draft", "open", "closed"};
static const char *const outcome_texts[] = {NULL,        "adopted",   "rejected",
                                            "tied",      "no_quorum", "blocked",
                                            "withdrawn", "expired",   "escalated"};
static const char *const event_texts[] = {"opened", "phase_started", "revised", "closed"};

const char *decide_status_text(enum decide_status status)
{
    return status_texts[status];
}

const char *decide_outcome_text(enum decide_outcome outcome)
{
    return outcome_texts[outcome];
}

const char *decide_event_text(enum decide_event_kind kind)
{
    return event_texts[kind];
}

const struct decide_family *view_family(const struct decide_view *view)
{
    switch (view->framework->rule.family) {
    case FAMILY_CONSENT:
        return &family_consent;
    case FAMILY_VOTE:
        return &family_vote;
    case FAMILY_RACI:
        return &family_raci;
    case FAMILY_DACI:
        return &family_daci;
    case FAMILY_RAPID:
        return &family_rapid;
    case FAMILY_SPADE:
        return &family_spade;
    case FAMILY_CONSENSUS:
        return &family_consensus;
    case FAMILY_LAZY:
        return &family_lazy;
    case FAMILY_ELECTION:
        return &family_election;
    case FAMILY_ADVICE:
        return &family_advice;
    case FAMILY_DECIDER:
        break;
    }
    return &family_decider;
}

bool view_expired(const struct decide_view *view)
{
    const struct decide_case *facts = &view->facts;
    const struct framework_rule *rule = &view->framework->rule;
    return rule->expires && facts->status == DECIDE_CLOSED &&
           facts->closed_at >= duration_add(facts->opened_at, &rule->expiry);
}

static void write_head(const struct decide_view *view, const struct decide_result *result,
                       struct json_writer *w)
{
    int64_t weight = 0;
    for (size_t i = 0; i < view->elector_count; i++)
        weight += view->electors[i]->weight;
    jw_key_text(w, "framework", view->framework->key);
    jw_key_text(w, "method", view->framework->rule.method);
    jw_key_text(w, "outcome", decide_outcome_text(result->outcome));
    jw_key_text(w, "reason", result->reason);
    jw_key(w, "winners");
    jw_list(w);
    for (size_t i = 0; i < result->winner_count; i++)
        jw_text(w, result->winners[i]);
    jw_list_end(w);
    if (result->outcome == OUTCOME_ESCALATED)
        jw_key_text(w, "fallback", view->framework->rule.fallback.framework);
    jw_key_text(w, "phase", view_phase(view)->key);
    jw_key_int(w, "round", view->facts.round);
    jw_key_int(w, "revision", view->facts.revision);
    jw_key(w, "electorate");
    jw_map(w);
    jw_key_int(w, "members", (int64_t)view->elector_count);
    jw_key_int(w, "weight", weight);
    jw_map_end(w);
}

/* The outcome stands at the head of the report but is known only after the family has counted, so
 * the family writes its members into a buffer of its own. */
void view_count(const struct decide_view *view, struct decide_result *result, struct buf *report)
{
    struct buf members;
    struct json_writer w, inner;
    *result = (struct decide_result){.outcome = OUTCOME_NONE};
    buf_init(&members, view->arena, report->max);
    jw_init(&inner, &members);
    const struct decide_family *family = view_family(view);
    if (view->facts.withdrawn) {
        result->outcome = OUTCOME_WITHDRAWN;
    } else if (view_expired(view)) {
        result->outcome = OUTCOME_EXPIRED;
    } else if (view_phase(view)->options && view_options_missing(view, NULL)) {
        result->outcome = OUTCOME_EXPIRED;
        result->reason = "options_missing";
    } else {
        family->count(view, result, &inner);
    }
    if (family->always)
        family->always(view, &inner);
    jw_init(&w, report);
    jw_map(&w);
    write_head(view, result, &w);
    if (members.len) {
        buf_char(report, ',');
        buf_add(report, members.data, members.len);
    }
    if (members.full)
        report->full = true;
    jw_map_end(&w);
}

void decide_count(const struct decide_case *decision, struct decide_result *result,
                  struct buf *report)
{
    struct decide_view view;
    view_init(&view, decision);
    view_count(&view, result, report);
}

bool decide_participation(const struct decide_case *decision, int64_t *count)
{
    struct decide_view view;
    view_init(&view, decision);
    *count = 0;
    for (size_t i = 0; i < view.elector_count; i++)
        *count += view_has_voted(&view, view.electors[i]);
    return !decision->framework->rule.secret || *count >= DECIDE_SHOWN_FROM;
}
