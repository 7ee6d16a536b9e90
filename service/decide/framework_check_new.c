/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused when a framework is defined or a decision opened by it, and read all the same in
 * what is older. */
#include "decide_input.h"
#include "framework_check.h"
#include "framework_rule.h"

#include <string.h>

/* By whom secret ballots were cast for others is settled with them, for every text. */
static void check_carried(struct definition *d, const struct framework *framework, size_t index,
                          const char *at)
{
    const struct framework_phase *phase = &framework->phases[index];
    bool voted = false;
    for (size_t i = 0; i < index; i++)
        voted = voted || framework->phases[i].ballots;
    if (!voted || !framework->rule.secret || !framework->rule.proxy.allowed)
        return;
    if (phase->revise >= 0 || phase->back >= 0)
        faults_add(d->faults, definition_at(d, at, phase->revise >= 0 ? "revise" : "back"),
                   FAULT_CONDITION_IMPOSSIBLE,
                   "Secret ballots that were cast for others too are final, so the text can't "
                   "change after them.");
}

/* What is said in one phase counts in it alone, so no other one may take it. */
static void check_once(struct definition *d, const struct framework *framework, const char *type)
{
    bool found = false;
    for (size_t i = 0; i < framework->phase_count; i++) {
        bool here = framework_input_find(&framework->phases[i], type);
        if (here && found)
            faults_add(d->faults, definition_at(d, definition_item(d, "/phases", i), "inputs"),
                       FAULT_TOO_MANY, "Only one phase may take the %s.", type);
        found = found || here;
    }
}

static bool takes_stance(const struct framework_phase *phase)
{
    for (size_t i = 0; i < phase->input_count; i++)
        if (input_type_stance(phase->inputs[i].type))
            return true;
    return false;
}

/* How people stand counts where they are asked for it, in one phase; elsewhere it would be heard
 * and not counted. */
static void check_stances(struct definition *d, const struct framework *framework)
{
    bool found = false;
    for (size_t i = 0; i < framework->phase_count; i++) {
        const struct framework_phase *phase = &framework->phases[i];
        const char *at = definition_item(d, "/phases", i);
        if (!takes_stance(phase))
            continue;
        if (found)
            faults_add(d->faults, definition_at(d, at, "inputs"), FAULT_TOO_MANY,
                       "Only one phase may ask how people stand.");
        found = true;
    }
}

/* Who rejects makes the outcome of RACI and DACI. By the other methods a verdict only sends back,
 * so the word would be heard and not counted. */
static void check_rejecting(struct definition *d, const struct framework *framework)
{
    if (framework->rule.family == FAMILY_RACI || framework->rule.family == FAMILY_DACI)
        return;
    for (size_t i = 0; i < framework->phase_count; i++) {
        const struct framework_phase *phase = &framework->phases[i];
        const char *inputs = definition_at(d, definition_item(d, "/phases", i), "inputs");
        for (size_t j = 0; j < phase->input_count; j++)
            if (input_rejects(&phase->inputs[j]))
                faults_add(d->faults, definition_at(d, definition_item(d, inputs, j), "values"),
                           FAULT_CONDITION_IMPOSSIBLE,
                           "By this method no verdict rejects: name the others.");
    }
}

/* More than all is as much as over 1: nothing would ever be adopted. */
static void check_share(struct definition *d, const struct framework *framework, const char *name)
{
    const struct json *share = json_get(framework->rule.parameters, name);
    if (share && share->list.items[0].integer == share->list.items[1].integer)
        faults_add(d->faults, definition_at(d, "/rule", name), FAULT_CONDITION_IMPOSSIBLE,
                   "It must be passed, and nothing passes all.");
}

void framework_check_counted(const struct framework *framework, struct faults *faults)
{
    static const struct {
        enum framework_family family;
        const char *type;
    } once[] = {{FAMILY_RACI, "matrix"},
                {FAMILY_RACI, "verdict"},
                {FAMILY_DACI, "verdict"},
                {FAMILY_RAPID, "agreement"},
                {FAMILY_ADVICE, "advice"}};
    struct definition d = {faults->arena, faults};
    enum framework_family family = framework->rule.family;
    for (size_t i = 0; i < framework->phase_count; i++)
        check_carried(&d, framework, i, definition_item(&d, "/phases", i));
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        if (family == once[i].family)
            check_once(&d, framework, once[i].type);
    check_rejecting(&d, framework);
    check_share(&d, framework, "against_status_quo");
    if (!json_get_bool(framework->rule.parameters, "inclusive", false))
        check_share(&d, framework, "threshold");
    if (family == FAMILY_CONSENSUS || family == FAMILY_LAZY || family == FAMILY_CONSENT ||
        family == FAMILY_ELECTION)
        check_stances(&d, framework);
}

/* Who blocks, or enough who stand aside, keep a consensus from coming about. */
static bool may_be_blocked(const struct framework *framework)
{
    const struct framework_rule *rule = &framework->rule;
    bool capped = rule->has_stand_aside_cap && rule->stand_aside_cap[0] < rule->stand_aside_cap[1];
    for (size_t i = 0; i < framework->phase_count; i++) {
        const struct framework_phase *phase = &framework->phases[i];
        if (framework_input_find(phase, "agree"))
            return framework_input_find(phase, "block") ||
                   (capped && framework_input_find(phase, "stand_aside"));
    }
    return false;
}

/* Of a consent or an election silence is enough, of a lazy consensus anybody who is against it. */
static bool may_escalate(const struct framework *framework)
{
    switch (framework->rule.family) {
    case FAMILY_CONSENT:
    case FAMILY_ELECTION:
    case FAMILY_LAZY:
        return true;
    case FAMILY_CONSENSUS:
        return may_be_blocked(framework);
    case FAMILY_DECIDER:
    case FAMILY_VOTE:
    case FAMILY_ADVICE:
    case FAMILY_RACI:
    case FAMILY_DACI:
    case FAMILY_RAPID:
    case FAMILY_SPADE:
        break;
    }
    return false;
}

void framework_check_fallback(const struct framework *framework, struct faults *faults)
{
    if (framework->rule.fallback.framework && !may_escalate(framework))
        faults_add(faults, "/rule/fallback", FAULT_CONDITION_IMPOSSIBLE,
                   "No decision by this framework can escalate, so none ever goes on by another.");
}
