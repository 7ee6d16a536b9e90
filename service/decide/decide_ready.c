/* SPDX-License-Identifier: Apache-2.0 */
#include "decide.h"
#include "decide_family.h"
#include "decide_vote.h"
#include "framework_rule.h"

#include <string.h>

static void check_roles(const struct decide_case *decision, struct faults *faults)
{
    const struct framework *framework = decision->framework;
    for (size_t i = 0; i < framework->role_count; i++) {
        const struct framework_role *role = &framework->roles[i];
        int64_t holders = 0;
        for (size_t j = 0; j < decision->elector_count; j++)
            holders += (decision->electors[j].roles >> i) & 1U;
        if (holders < role->min)
            faults_add(faults, "/stakeholders", FAULT_ROLE_TOO_FEW,
                       "The role %s needs at least %lld; there are %lld.", role->key,
                       (long long)role->min, (long long)holders);
        if (role->max >= 0 && holders > role->max)
            faults_add(faults, "/stakeholders", FAULT_ROLE_TOO_MANY,
                       "The role %s takes at most %lld; there are %lld.", role->key,
                       (long long)role->max, (long long)holders);
    }
}

static void check_weights(const struct decide_case *decision, struct faults *faults)
{
    for (size_t i = 0; i < decision->elector_count; i++)
        if (decision->electors[i].weight < 1)
            faults_add(
                faults,
                arena_printf(decision->arena, "/stakeholders/%s", decision->electors[i].member),
                FAULT_WEIGHT_NOT_POSITIVE, "The weight must be at least 1.");
}

static bool takes_options(const struct framework *framework)
{
    for (size_t i = 0; i < framework->phase_count; i++)
        if (framework->phases[i].options)
            return true;
    return false;
}

static void check_options(const struct decide_case *decision, struct faults *faults)
{
    const struct framework_rule *rule = &decision->framework->rule;
    size_t min = framework_rule_options_min(rule);
    bool later = takes_options(decision->framework);
    if (decision->option_count < min && !later)
        faults_add(faults, "/options", FAULT_OPTIONS_TOO_FEW, "There must be at least %zu options.",
                   min);
    else if (decision->option_count && !framework_rule_options_allowed(rule))
        faults_add(faults, "/options", FAULT_OPTIONS_NOT_ALLOWED,
                   "With this method the question is the proposal itself, without options.");
}

/* Whether some role of a set stands for somebody in every decision. */
static bool always_held(const struct framework *framework, framework_roles roles)
{
    for (size_t i = 0; i < framework->role_count; i++)
        if ((roles >> i & 1U) && framework->roles[i].min > 0)
            return true;
    return false;
}

static int role_in_pair(const struct decide_view *view, const struct json *pair, size_t index)
{
    return framework_role_find(view->framework, pair->list.items[index].text.data);
}

/* Roles that the rule keeps apart. */
static void check_separate(const struct decide_view *view, struct faults *faults)
{
    const struct json *pairs = view->framework->rule.separate_roles;
    for (size_t i = 0; pairs && i < pairs->list.count; i++) {
        const struct json *pair = &pairs->list.items[i];
        framework_roles both =
            1U << role_in_pair(view, pair, 0) | 1U << role_in_pair(view, pair, 1);
        for (size_t j = 0; j < view->elector_count; j++)
            if ((view->electors[j]->roles & both) == both)
                faults_add(faults,
                           arena_printf(view->arena, "/stakeholders/%s", view->electors[j]->member),
                           FAULT_ROLES_NOT_SEPARATE, "Nobody may be %s and %s at once.",
                           pair->list.items[0].text.data, pair->list.items[1].text.data);
    }
}

/* Shutting out the proposer may leave nobody to vote or to consent. */
static void check_actors(const struct decide_view *view, struct faults *faults)
{
    for (size_t i = 0; i < view->framework->phase_count; i++) {
        const struct framework_phase *phase = &view->framework->phases[i];
        bool demanded = phase->ballots != 0, able = false;
        for (size_t j = 0; j < phase->input_count; j++)
            demanded = demanded || (phase->inputs[j].required && !phase->inputs[j].on &&
                                    always_held(view->framework, phase->inputs[j].by));
        for (size_t j = 0; j < view->elector_count; j++) {
            able = able || view_votes(view, phase, view->electors[j]);
            for (size_t k = 0; k < phase->input_count; k++)
                able = able || (phase->inputs[k].required &&
                                view_gives(view, &phase->inputs[k], view->electors[j]));
        }
        if (demanded && !able)
            faults_add(faults, "/stakeholders", FAULT_PHASE_WITHOUT_ACTOR,
                       "Nobody could answer in the phase %s.", phase->key);
    }
}

/* A time that is wanted may lengthen the window of a lazy consensus, but not shorten it. */
static void check_window(const struct decide_case *decision, struct faults *faults)
{
    const struct framework *framework = decision->framework;
    const struct framework_phase *last = &framework->phases[framework->phase_count - 1];
    int64_t from = decision->opened_at ? decision->opened_at : decision->now;
    if (framework->rule.family == FAMILY_LAZY && decision->wanted_at && last->limited &&
        decision->wanted_at < duration_add(from, &last->duration))
        faults_add(faults, "/due_at", FAULT_WINDOW_SHORTENED,
                   "The window of the phase %s ends later, and may not be shortened.", last->key);
}

static bool has_option(const struct decide_case *decision, const char *key)
{
    for (size_t i = 0; i < decision->option_count; i++)
        if (strcmp(decision->options[i].key, key) == 0)
            return true;
    return false;
}

/* The tally of a vote: its parameters, with the options there are. Where options may still come
 * there may be too few of them to count; those that parameters name must be there all the same. */
static void check_tally(const struct decide_view *view, struct faults *faults)
{
    static const char *const naming[] = {"status_quo", "casting_vote"};
    const struct framework_rule *rule = &view->framework->rule;
    struct tally tally;
    if (!view_options_missing(view, NULL)) {
        (void)vote_tally(view, &tally, faults);
        return;
    }
    for (size_t i = 0; i < sizeof naming / sizeof *naming; i++) {
        const char *name = json_get_text(rule->parameters, naming[i]);
        if (name && !has_option(&view->facts, name))
            faults_add(faults, arena_printf(view->arena, "/configuration/rule/%s", naming[i]),
                       FAULT_UNKNOWN_OPTION, "There is no such option.");
    }
}

/* What passes the caps of a count is left out of it, so nothing may ever pass them. */
static void check_volume(const struct decide_view *view, struct faults *faults)
{
    struct faults others; /* of the tally; they are told elsewhere */
    struct tally tally;
    faults_init(&others, view->arena);
    (void)vote_tally(view, &tally, &others);
    if (!tally_holds(&tally, tally.electorate))
        faults_add(faults, "/stakeholders", FAULT_VOTES_TOO_MANY,
                   "Their weights, times what a ballot may give an option, add up to more than "
                   "2^53.");
}

bool decide_ready(const struct decide_case *decision, struct faults *faults)
{
    struct decide_view view;
    size_t found = faults->found;
    view_init(&view, decision);
    check_roles(decision, faults);
    check_weights(decision, faults);
    check_options(decision, faults);
    check_actors(&view, faults);
    check_window(decision, faults);
    if (view_family(&view)->ready)
        view_family(&view)->ready(&view, faults);
    check_separate(&view, faults);
    if (decision->framework->rule.counts)
        check_volume(&view, faults);
    if (decision->framework->rule.family == FAMILY_VOTE && faults->found == found) {
        struct tally tally;
        if (takes_options(decision->framework))
            check_tally(&view, faults);
        else
            (void)vote_tally(&view, &tally, faults);
    }
    return faults->found == found;
}
