/* SPDX-License-Identifier: Apache-2.0 */
#include "framework_check.h"
#include "decide_input.h"
#include "framework_rule.h"

#include <string.h>

static bool takes_by(const struct framework *framework, size_t last, const char *type)
{
    for (size_t i = 0; i <= last && i < framework->phase_count; i++)
        if (framework_input_find(&framework->phases[i], type))
            return true;
    return false;
}

static bool may(const struct framework *framework, enum framework_action action)
{
    for (size_t i = 0; i < framework->role_count; i++)
        if (framework->roles[i].may & action)
            return true;
    return false;
}

static bool demands(const struct framework_phase *phase)
{
    for (size_t i = 0; i < phase->input_count; i++)
        if (phase->inputs[i].required)
            return true;
    return phase->ballots != 0;
}

/* Those conditions of a phase that can come true by its inputs and the method. A deadline needs a
 * duration and `certain` needs early_close, which a decision may configure. */
static unsigned possible_ends(const struct framework *framework,
                              const struct framework_phase *phase)
{
    const struct framework_rule *rule = &framework->rule;
    unsigned ends = END_DEADLINE;
    if (phase->advance)
        ends |= END_ADVANCE;
    if (demands(phase))
        ends |= END_ALL_IN;
    for (size_t i = 0; i < phase->input_count; i++)
        if (input_type_decides(phase->inputs[i].type))
            ends |= END_DECIDED;
    if (phase->ballots && framework_rule_certain(rule))
        ends |= END_CERTAIN;
    if ((rule->family == FAMILY_CONSENT || rule->family == FAMILY_ELECTION) &&
        (framework_input_find(phase, "objection") || framework_input_find(phase, "ruling")))
        ends |= END_NO_OBJECTION;
    if (rule->family == FAMILY_ADVICE && framework_input_find(phase, "advice") && phase->advance)
        ends |= END_QUOTA;
    if (rule->family == FAMILY_RAPID && framework_input_find(phase, "agreement"))
        ends |= END_NO_OBJECTION;
    return ends;
}

static void check_ends(struct definition *d, const struct framework *framework,
                       const struct framework_phase *phase, const char *at)
{
    unsigned possible = possible_ends(framework, phase);
    if (phase->ends & ~possible)
        faults_add(d->faults, definition_at(d, at, "ends"), FAULT_CONDITION_IMPOSSIBLE,
                   "%s can never come true in this phase.",
                   phase->ends & ~possible & END_ADVANCE        ? "advance"
                   : phase->ends & ~possible & END_ALL_IN       ? "all_in"
                   : phase->ends & ~possible & END_DECIDED      ? "decided"
                   : phase->ends & ~possible & END_NO_OBJECTION ? "no_objection"
                   : phase->ends & ~possible & END_QUOTA        ? "quota"
                                                                : "certain");
    if (phase->options && (phase->ends & ~(unsigned)(END_ADVANCE | END_DEADLINE)))
        faults_add(d->faults, definition_at(d, at, "ends"), FAULT_CONDITION_IMPOSSIBLE,
                   "Nobody knows when all options are there: it must end by a person or a "
                   "deadline.");
    if (!phase->limited)
        possible &= ~(unsigned)END_DEADLINE;
    if (!framework->rule.early_close)
        possible &= ~(unsigned)END_CERTAIN;
    if (!(phase->ends & possible))
        faults_add(d->faults, definition_at(d, at, "ends"), FAULT_PHASE_WITHOUT_END,
                   "No condition that ends this phase can ever come true.");
    if (phase->limited && !(phase->ends & END_DEADLINE))
        faults_add(d->faults, definition_at(d, at, "duration"), FAULT_CONDITION_IMPOSSIBLE,
                   "The phase does not end by a deadline.");
    if (phase->advance && !(phase->ends & (END_ADVANCE | END_QUOTA)))
        faults_add(d->faults, definition_at(d, at, "advance"), FAULT_CONDITION_IMPOSSIBLE,
                   "The phase does not end by a person moving on.");
}

static void check_inputs(struct definition *d, const struct framework *framework, size_t index,
                         const char *at)
{
    const struct framework_phase *phase = &framework->phases[index];
    for (size_t i = 0; i < phase->input_count; i++) {
        const struct framework_input *input = &phase->inputs[i];
        const char *on =
            definition_at(d, definition_item(d, definition_at(d, at, "inputs"), i), "on");
        bool answers = input_type_answers(input->type);
        if (input->hidden == HIDDEN_ALWAYS &&
            (input_type_counts(input->type) || framework->rule.family == FAMILY_RACI))
            faults_add(
                d->faults,
                definition_at(d, definition_item(d, definition_at(d, at, "inputs"), i), "hidden"),
                FAULT_CONDITION_IMPOSSIBLE,
                "What counts must be shown when the phase is over, or nobody could count again.");
        if (answers && !input->on)
            faults_add(d->faults, on, FAULT_REQUIRED, "It must say which inputs are answered.");
        else if (!answers && input->on)
            faults_add(d->faults, on, FAULT_SUBJECT_NOT_ALLOWED,
                       "Inputs of this type answer nothing.");
        else if (input->on &&
                 (!takes_by(framework, index, input->on) ||
                  (strcmp(input->type, "ruling") == 0 && strcmp(input->on, "objection") != 0)))
            faults_add(d->faults, on, FAULT_ENUM,
                       "No input of this type that could be answered comes in this phase or before "
                       "it.");
    }
}

/* What is sent back must have somewhere to go, and somebody who sends it. */
static void check_back(struct definition *d, const struct framework_rule *rule,
                       const struct framework_phase *phase, const char *at)
{
    bool sends = false;
    for (size_t i = 0; i < phase->input_count; i++)
        sends = sends || input_sends_back(&phase->inputs[i]);
    if (sends && phase->back < 0)
        faults_add(d->faults, definition_at(d, at, "back"), FAULT_REQUIRED,
                   "Say where a decision that is sent back goes on.");
    if (!sends && phase->back >= 0 && !framework_rule_returns(rule))
        faults_add(d->faults, definition_at(d, at, "back"), FAULT_CONDITION_IMPOSSIBLE,
                   "Neither the method nor anybody can send the decision back in this phase.");
}

/* Options stand before they are voted on or decided on. */
static void check_options(struct definition *d, const struct framework *framework, size_t index,
                          const char *at)
{
    const char *options = definition_at(d, at, "options");
    if (!framework->phases[index].options)
        return;
    if (!framework_rule_options_allowed(&framework->rule))
        faults_add(d->faults, options, FAULT_OPTIONS_NOT_ALLOWED,
                   "With this method the question is the proposal itself, without options.");
    for (size_t i = 0; i <= index; i++)
        if (framework->phases[i].ballots || framework_input_find(&framework->phases[i], "decision"))
            faults_add(d->faults, options, FAULT_CONDITION_IMPOSSIBLE,
                       "Options can't change once they are voted on.");
}

static void check_phase(struct definition *d, const struct framework *framework, size_t index)
{
    const struct framework_phase *phase = &framework->phases[index];
    const char *at = definition_item(d, "/phases", index);
    if (phase->key && strcmp(phase->key, DECIDE_REVIEW_PHASE) == 0)
        faults_add(d->faults, definition_at(d, at, "key"), FAULT_DUPLICATE,
                   "This is where inputs stand that came too late.");
    bool revisable = phase->revise >= 0 && may(framework, MAY_REVISE);
    framework_roles actors = phase->ballots | phase->advance | phase->options;
    for (size_t i = 0; i < phase->input_count; i++)
        actors |= phase->inputs[i].by;
    if (!actors && !revisable)
        faults_add(d->faults, at, FAULT_PHASE_WITHOUT_ACTOR,
                   "Nobody may do anything in this phase.");
    if (phase->revise >= 0 && !revisable)
        faults_add(d->faults, definition_at(d, at, "revise"), FAULT_PHASE_WITHOUT_ACTOR,
                   "No role may revise.");
    if (phase->revise >= 0 && framework->rule.family == FAMILY_ELECTION)
        faults_add(d->faults, definition_at(d, at, "revise"), FAULT_CONDITION_IMPOSSIBLE,
                   "Who is elected is no text that could be revised.");
    if (phase->revise >= 0 && phase->ballots && framework->rule.secret)
        faults_add(d->faults, definition_at(d, at, "revise"), FAULT_CONDITION_IMPOSSIBLE,
                   "Secret ballots are final, so the text can't change under them.");
    check_ends(d, framework, phase, at);
    check_inputs(d, framework, index, at);
    check_back(d, &framework->rule, phase, at);
    check_options(d, framework, index, at);
}

static void check_ballots(struct definition *d, const struct framework *framework)
{
    size_t taking = 0;
    for (size_t i = 0; i < framework->phase_count; i++) {
        if (!framework->phases[i].ballots)
            continue;
        const char *at = definition_at(d, definition_item(d, "/phases", i), "ballots");
        if (!framework->rule.counts)
            faults_add(d->faults, at, FAULT_TOO_MANY, "The method counts no ballots.");
        else if (++taking > 1)
            faults_add(d->faults, at, FAULT_TOO_MANY, "Only one phase may take ballots.");
    }
    if (framework->rule.counts && !taking)
        faults_add(d->faults, "/phases", FAULT_REQUIRED, "One phase must take ballots.");
    if (framework->rule.family == FAMILY_SPADE && !framework->rule.secret)
        faults_add(d->faults, "/rule/secret", FAULT_CONDITION_IMPOSSIBLE,
                   "With this method votes are private: it must be true.");
}

/* Pairs of roles of the framework. */
static void check_separate_roles(struct definition *d, const struct framework *framework)
{
    const struct json *pairs = framework->rule.separate_roles;
    if (!pairs)
        return;
    if (pairs->type != JSON_LIST) {
        faults_add(d->faults, "/rule/separate_roles", FAULT_TYPE, "It must be a list of pairs.");
        return;
    }
    for (size_t i = 0; i < pairs->list.count; i++) {
        const struct json *pair = &pairs->list.items[i];
        const char *at = definition_item(d, "/rule/separate_roles", i);
        if (pair->type != JSON_LIST || pair->list.count != 2) {
            faults_add(d->faults, at, FAULT_TYPE, "A pair is a list of two roles.");
            continue;
        }
        for (size_t j = 0; j < 2; j++)
            if (pair->list.items[j].type != JSON_TEXT ||
                framework_role_find(framework, pair->list.items[j].text.data) < 0)
                faults_add(d->faults, definition_item(d, at, j), FAULT_UNKNOWN_ROLE,
                           "The framework has no role of this name.");
    }
}

/* What somebody must say in a method by which somebody answers for the outcome. */
static void check_needs(struct definition *d, const struct framework *framework)
{
    static const struct {
        enum framework_family family;
        const char *type;
    } needs[] = {
        {FAMILY_DECIDER, "decision"},    {FAMILY_RACI, "matrix"},
        {FAMILY_RACI, "verdict"},        {FAMILY_DACI, "verdict"},
        {FAMILY_RAPID, "decision"},      {FAMILY_SPADE, "decision"},
        {FAMILY_ADVICE, "advice"},       {FAMILY_ADVICE, "response"},
        {FAMILY_ADVICE, "decision"},     {FAMILY_ADVICE, "declaration"},
        {FAMILY_ELECTION, "nomination"},
    };
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (framework->rule.family == needs[i].family &&
            !takes_by(framework, framework->phase_count, needs[i].type))
            faults_add(d->faults, "/phases", FAULT_REQUIRED, "One phase must take the %s.",
                       needs[i].type);
}

/* Advice comes before the decision, from experts too. */
static void check_advice(struct definition *d, const struct framework *framework)
{
    bool experts = false;
    if (framework->rule.family != FAMILY_ADVICE)
        return;
    for (size_t i = 0; i < framework->role_count; i++)
        experts = experts || framework->roles[i].tag == TAG_EXPERT;
    if (!experts && framework->rule.min_expert)
        faults_add(d->faults, "/rule/min_expert", FAULT_CONDITION_IMPOSSIBLE,
                   "No role is tagged expert.");
    for (size_t i = 0; i < framework->phase_count; i++)
        if (framework_input_find(&framework->phases[i], "decision") &&
            (!i || framework_input_find(&framework->phases[i], "advice") ||
             !takes_by(framework, i - 1, "advice")))
            faults_add(d->faults, definition_at(d, definition_item(d, "/phases", i), "inputs"),
                       FAULT_CONDITION_IMPOSSIBLE,
                       "The decision comes in a phase after the advice.");
}

/* A phase that only its deadline ends. */
static bool is_window(const struct framework_phase *phase)
{
    return phase->limited && phase->ends == END_DEADLINE;
}

/* What is said in one phase counts: the one that takes `type`, which is returned, or NULL. */
static const struct framework_phase *
check_positions(struct definition *d, const struct framework *framework, const char *type)
{
    const struct framework_phase *found = NULL;
    for (size_t i = 0; i < framework->phase_count; i++) {
        const struct framework_phase *phase = &framework->phases[i];
        const char *at = definition_item(d, "/phases", i);
        if (!framework_input_find(phase, type))
            continue;
        if (found)
            faults_add(d->faults, definition_at(d, at, "inputs"), FAULT_TOO_MANY,
                       "Only one phase may take %s.", type);
        if (framework->rule.family == FAMILY_LAZY && !is_window(phase))
            faults_add(d->faults, definition_at(d, at, "ends"), FAULT_WINDOW_SHORTENED,
                       "The window ends at its deadline and by nothing else.");
        found = phase;
    }
    if (!found)
        faults_add(d->faults, "/phases", FAULT_REQUIRED, "One phase must take %s.", type);
    return found;
}

/* Rounds after the first are of no use where none can begin. */
static void check_rounds(struct definition *d, const struct framework *framework,
                         const struct framework_phase *asking)
{
    if (asking && asking->back < 0 && asking->revise < 0 && framework->rule.max_rounds > 1)
        faults_add(d->faults, "/rule/max_rounds", FAULT_CONDITION_IMPOSSIBLE,
                   "No second round can begin: the phase of the poll has no `back`.");
}

/* The inputs without which the method can't come to an outcome. */
static void check_method(struct definition *d, const struct framework *framework)
{
    const struct framework_rule *rule = &framework->rule;
    size_t last = framework->phase_count;
    check_ballots(d, framework);
    check_separate_roles(d, framework);
    check_needs(d, framework);
    check_advice(d, framework);
    if (rule->family == FAMILY_CONSENSUS)
        check_rounds(d, framework, check_positions(d, framework, "agree"));
    if (rule->family == FAMILY_LAZY)
        (void)check_positions(d, framework, "minus_one");
    if (rule->family != FAMILY_CONSENT && rule->family != FAMILY_ELECTION)
        return;
    bool judged = false;
    for (size_t i = 0; i < framework->phase_count; i++)
        judged =
            judged ||
            (framework_input_find(&framework->phases[i], "objection") &&
             (framework->phases[i].ends & END_NO_OBJECTION) &&
             (rule->family == FAMILY_CONSENT || (i && takes_by(framework, i - 1, "nomination"))));
    if (!judged)
        faults_add(d->faults, "/phases", FAULT_REQUIRED,
                   rule->family == FAMILY_CONSENT
                       ? "One phase must take objections and end with no_objection."
                       : "After the nominations one phase must take objections and end with "
                         "no_objection.");
    if (rule->objection_test == OBJECTION_HOLACRACY && !takes_by(framework, last, "ruling"))
        faults_add(d->faults, "/phases", FAULT_REQUIRED,
                   "One phase must take the rulings that the objection test needs.");
}

void framework_check(struct definition *d, const struct framework *framework)
{
    if (!framework->rule.method)
        return;
    for (size_t i = 0; i < framework->phase_count; i++)
        check_phase(d, framework, i);
    check_method(d, framework);
}
