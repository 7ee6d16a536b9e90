/* SPDX-License-Identifier: Apache-2.0 */
/* Advice (FRAMEWORKS.md 3.1): one person decides, after enough of those who are affected and of
 * those who know have advised, or the deadline has passed, and with an answer to each of them. */
#include "decide_family.h"
#include "decide_input.h"

#include <string.h>

/* Advisers of one tag; a decider is none. */
struct quota {
    const char *name;
    enum framework_tag tag;
    int64_t min;
    int64_t asked;   /* when the decision opened */
    int64_t able;    /* of them have not left */
    int64_t advised; /* of them */
};

static bool is_tagged(const struct decide_view *view, const struct decide_elector *elector,
                      enum framework_tag tag)
{
    for (size_t i = 0; i < view->framework->role_count; i++)
        if ((elector->roles >> i & 1U) && view->framework->roles[i].tag == tag)
            return true;
    return tag == TAG_AFFECTED && elector->affected;
}

static const struct decide_input *advice_of(const struct decide_view *view,
                                            const struct decide_elector *elector)
{
    int phase = view_phase_of(view, "advice");
    const struct decide_input *input = view_input(view, (size_t)phase, elector->member);
    return input && strcmp(input->type, "advice") == 0 ? input : NULL;
}

static struct quota take_quota(const struct decide_view *view, enum framework_tag tag)
{
    const struct framework_rule *rule = &view->framework->rule;
    const struct decide_elector **advisers;
    size_t count = view_askable(view, "advice", &advisers);
    struct quota quota = {.name = tag == TAG_AFFECTED ? "affected" : "expert",
                          .tag = tag,
                          .min = tag == TAG_AFFECTED ? rule->min_affected : rule->min_expert};
    for (size_t i = 0; i < count; i++) {
        if (!is_tagged(view, advisers[i], tag) || view_decides(view, advisers[i]))
            continue;
        bool advised = advice_of(view, advisers[i]) != NULL;
        quota.asked++;
        quota.able += !advisers[i]->left || advised;
        quota.advised += advised;
    }
    return quota;
}

/* Nobody affected can be asked, though the rule wants it. */
static bool needs_declaration(const struct quota *affected)
{
    return affected->min && !affected->able;
}

static size_t missing_of(const struct quota *quota, struct faults *faults)
{
    if (quota->advised >= quota->min)
        return 0;
    if (faults)
        faults_add(faults, arena_printf(faults->arena, "/quotas/%s", quota->name),
                   FAULT_QUOTA_UNMET, "%lld of at least %lld advisers tagged %s have advised.",
                   (long long)quota->advised, (long long)quota->min, quota->name);
    return 1;
}

static size_t missing(const struct decide_view *view, size_t index, struct faults *faults)
{
    const struct framework_phase *phase = &view->framework->phases[index];
    struct quota affected = take_quota(view, TAG_AFFECTED), expert = take_quota(view, TAG_EXPERT);
    size_t count = 0;
    if (needs_declaration(&affected) && framework_input_find(phase, "declaration") &&
        !view_newest(view, "declaration")) {
        count++;
        if (faults)
            faults_add(faults, "/quotas/affected", FAULT_INPUT_MISSING,
                       "Nobody affected can be asked, and it is not declared why.");
    }
    if (!framework_input_find(phase, "advice"))
        return count;
    if (!needs_declaration(&affected))
        count += missing_of(&affected, faults);
    return count + missing_of(&expert, faults);
}

bool advice_owes_declaration(const struct decide_view *view, size_t index,
                             const struct decide_elector *elector)
{
    const struct framework_phase *phase = &view->framework->phases[index];
    if (view->framework->rule.family != FAMILY_ADVICE || view_newest(view, "declaration"))
        return false;
    struct quota affected = take_quota(view, TAG_AFFECTED);
    for (size_t i = 0; needs_declaration(&affected) && i < phase->input_count; i++)
        if (strcmp(phase->inputs[i].type, "declaration") == 0 &&
            view_gives(view, &phase->inputs[i], elector))
            return true;
    return false;
}

/* The phases see to it that the quotas are met or the deadline has passed; that all is answered and
 * declared is checked here too, since a framework need not have a phase that waits for it. */
static void check(const struct decide_view *view, const struct decide_elector *elector,
                  const char *type, const struct json *data, struct faults *faults)
{
    struct quota affected = take_quota(view, TAG_AFFECTED);
    const struct decide_elector **advisers;
    (void)elector;
    (void)data;
    if (strcmp(type, "declaration") == 0 && !needs_declaration(&affected))
        faults_add(faults, "/type", FAULT_DECLARATION_NOT_NEEDED,
                   "Somebody affected can be asked, so there is nothing to declare.");
    if (!input_type_decides(type))
        return;
    if (needs_declaration(&affected) && !view_newest(view, "declaration"))
        faults_add(faults, "/quotas/affected", FAULT_INPUT_MISSING,
                   "Nobody affected can be asked, and it is not declared why.");
    size_t count = view_askable(view, "advice", &advisers);
    for (size_t i = 0; i < count; i++) {
        const struct decide_input *advice = advice_of(view, advisers[i]);
        if (advice && view_demands_answer(view, "response", advice) &&
            !view_answer(view, advice, "response"))
            faults_add(faults, arena_printf(view->arena, "/inputs/%s", advice->id),
                       FAULT_INPUT_MISSING, "The advice of %s has no response yet.",
                       advice->member);
    }
}

static void ready(const struct decide_view *view, struct faults *faults)
{
    const struct quota quotas[] = {take_quota(view, TAG_AFFECTED), take_quota(view, TAG_EXPERT)};
    for (size_t i = 0; i < 2; i++)
        if (quotas[i].asked < quotas[i].min && (quotas[i].asked || quotas[i].tag == TAG_EXPERT))
            faults_add(faults, "/stakeholders", FAULT_ROLE_TOO_FEW,
                       "At least %lld advisers tagged %s must be heard; there are %lld.",
                       (long long)quotas[i].min, quotas[i].name, (long long)quotas[i].asked);
}

static void write_quota(const struct quota *quota, struct json_writer *w)
{
    jw_key(w, quota->name);
    jw_map(w);
    jw_key_int(w, "min", quota->min);
    jw_key_int(w, "asked", quota->asked);
    jw_key_int(w, "advised", quota->advised);
    jw_map_end(w);
}

static void write_advice(const struct decide_view *view, const struct decide_elector *adviser,
                         struct json_writer *w)
{
    const struct decide_input *advice = advice_of(view, adviser), *response;
    if (!advice)
        return;
    jw_map(w);
    jw_key_text(w, "member", adviser->member);
    jw_key_bool(w, "affected", is_tagged(view, adviser, TAG_AFFECTED));
    jw_key_bool(w, "expert", is_tagged(view, adviser, TAG_EXPERT));
    jw_key_bool(w, "counts", !view_decides(view, adviser));
    jw_key(w, "data");
    jw_value(w, advice->data);
    response = view_answer(view, advice, "response");
    jw_key(w, "response");
    if (response)
        jw_value(w, response->data);
    else
        jw_null(w);
    jw_map_end(w);
}

static void always(const struct decide_view *view, struct json_writer *w)
{
    const struct decide_elector **advisers;
    struct quota affected = take_quota(view, TAG_AFFECTED), expert = take_quota(view, TAG_EXPERT);
    size_t count = view_askable(view, "advice", &advisers);
    jw_key(w, "quotas");
    jw_map(w);
    write_quota(&affected, w);
    write_quota(&expert, w);
    jw_map_end(w);
    view_write_input(w, "declaration", view_newest(view, "declaration"));
    jw_key(w, "advice");
    jw_list(w);
    for (size_t i = 0; i < count; i++)
        write_advice(view, advisers[i], w);
    jw_list_end(w);
}

const struct decide_family family_advice = {
    .missing = missing, .check = check, .ready = ready, .always = always, .count = decider_count};
