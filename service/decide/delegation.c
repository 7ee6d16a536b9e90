/* SPDX-License-Identifier: Apache-2.0 */
#include "delegation.h"
#include "decide_input.h"
#include "decide_view.h"

#include <stdlib.h>
#include <string.h>

const struct delegation_level delegation_levels[DELEGATION_LEVELS] = {
    {"tell", "single_decider", DECIDED_BY_DELEGATOR, 0},
    {"sell", "single_decider", DECIDED_BY_DELEGATOR, DUTY_RATIONALE},
    {"consult", "consultative", DECIDED_BY_DELEGATOR, DUTY_INPUT_FIRST},
    {"agree", "consent", DECIDED_BY_BOTH, 0},
    {"advise", "advice", DECIDED_BY_TEAM, DUTY_ADVICE_FIRST},
    {"inquire", "consent", DECIDED_BY_TEAM, DUTY_ANSWER},
    {"delegate", "consent", DECIDED_BY_TEAM, 0},
};

const char *delegation_deciders_text(enum delegation_deciders deciders)
{
    static const char *const texts[] = {"delegator", "both", "team"};
    return texts[deciders];
}

const char *delegation_duty_text(size_t bit)
{
    static const char *const texts[DELEGATION_DUTIES] = {"rationale", "input_first", "advice_first",
                                                         "answer"};
    return texts[bit];
}

struct check {
    const struct decide_case *decision;
    const struct decide_view *view;
    const char *delegator;
    const char **team; /* sorted */
    size_t team_count;
    const struct delegation_level *level;
    framework_roles deciders; /* roles that make the outcome */
    struct faults *faults;
};

/* ---- who makes the outcome ---- */

/* With votes it is the ballots; those of SPADE bind nobody. */
static bool ballots_decide(const struct framework *framework)
{
    return framework->rule.family == FAMILY_VOTE;
}

static bool input_decides(const struct framework *framework, const struct framework_input *input)
{
    switch (framework->rule.family) {
    case FAMILY_DECIDER:
    case FAMILY_ADVICE:
    case FAMILY_RAPID:
        return strcmp(input->type, "decision") == 0;
    case FAMILY_SPADE: /* there a veto undoes what was decided */
        return strcmp(input->type, "decision") == 0 || strcmp(input->type, "verdict") == 0;
    case FAMILY_RACI:
    case FAMILY_DACI:
        return strcmp(input->type, "verdict") == 0;
    case FAMILY_CONSENT:
    case FAMILY_CONSENSUS:
    case FAMILY_LAZY:
    case FAMILY_ELECTION:
        return input_type_stance(input->type);
    case FAMILY_VOTE:
        break;
    }
    return false;
}

static framework_roles deciders_in(const struct framework *framework,
                                   const struct framework_phase *phase)
{
    framework_roles roles = ballots_decide(framework) ? phase->ballots : 0;
    for (size_t i = 0; i < phase->input_count; i++)
        if (input_decides(framework, &phase->inputs[i]))
            roles |= phase->inputs[i].by;
    return roles;
}

static bool decides(const struct check *check, const char *member)
{
    const struct decide_elector *elector = view_elector(check->view, member);
    return elector && (elector->roles & check->deciders);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool in_team(const struct check *check, const char *member)
{
    return check->team_count &&
           bsearch(&member, check->team, check->team_count, sizeof *check->team, by_text);
}

/* ---- deciders ---- */

static bool may_decide(const struct check *check, const char *member)
{
    bool delegator = strcmp(member, check->delegator) == 0;
    switch (check->level->deciders) {
    case DECIDED_BY_DELEGATOR:
        return delegator;
    case DECIDED_BY_BOTH:
        return delegator || in_team(check, member);
    case DECIDED_BY_TEAM:
        break;
    }
    return in_team(check, member);
}

static void check_outsiders(const struct check *check)
{
    static const char *const details[] = {
        "At this delegation level only the delegator decides.",
        "At this delegation level only the delegator and the team decide.",
        "At this delegation level only members of the team decide.",
    };
    const struct decide_case *decision = check->decision;
    for (size_t i = 0; i < decision->elector_count; i++) {
        const struct decide_elector *elector = &decision->electors[i];
        if ((elector->roles & check->deciders) && !may_decide(check, elector->member))
            faults_add(check->faults,
                       arena_printf(check->faults->arena, "/stakeholders/%s", elector->member),
                       FAULT_LEVEL_DECIDER, "%s", details[check->level->deciders]);
    }
}

static void check_decides(const struct check *check, const char *member)
{
    if (!decides(check, member))
        faults_add(check->faults, "/stakeholders", FAULT_LEVEL_DECIDER_MISSING,
                   "At this delegation level %s must be among those who decide.", member);
}

static void check_missing(const struct check *check)
{
    bool team = false;
    if (check->level->deciders != DECIDED_BY_TEAM)
        check_decides(check, check->delegator);
    for (size_t i = 0; i < check->team_count; i++) {
        team = team || decides(check, check->team[i]);
        if (check->level->deciders == DECIDED_BY_BOTH &&
            strcmp(check->team[i], check->delegator) != 0)
            check_decides(check, check->team[i]);
    }
    if (check->level->deciders == DECIDED_BY_TEAM && !team)
        faults_add(check->faults, "/stakeholders", FAULT_LEVEL_DECIDER_MISSING,
                   "At this delegation level a member of the team must be among those who decide.");
}

/* ---- the framework ---- */

/* Neither can be outvoted: each can withhold consent, or block. */
static void check_agreement(const struct check *check)
{
    const struct framework_rule *rule = &check->decision->framework->rule;
    bool both = rule->family == FAMILY_CONSENT ||
                (rule->family == FAMILY_CONSENSUS && !rule->max_blocks && !rule->block_supporters);
    if (!both)
        faults_add(check->faults, "/framework", FAULT_LEVEL_AGREEMENT,
                   "At this delegation level delegator and team must agree, as with consent.");
}

static void check_rationale(const struct check *check)
{
    const struct framework *framework = check->decision->framework;
    bool reasoned = false;
    for (size_t i = 0; i < framework->phase_count; i++)
        for (size_t j = 0; j < framework->phases[i].input_count; j++) {
            const struct framework_input *input = &framework->phases[i].inputs[j];
            reasoned = reasoned || (input_decides(framework, input) && input->reason);
        }
    if (!reasoned)
        faults_add(
            check->faults, "/framework", FAULT_LEVEL_RATIONALE,
            "At this delegation level the framework must demand the reason of the decision.");
}

static bool is_asked(const struct check *check, framework_roles roles)
{
    const struct decide_case *decision = check->decision;
    for (size_t i = 0; i < decision->elector_count; i++)
        if ((decision->electors[i].roles & roles) &&
            !(decision->electors[i].roles & check->deciders))
            return true;
    return false;
}

/* Asked is who must answer before somebody may move on, or before a deadline nobody can cut short.
 */
static framework_roles asked_in(const struct framework *framework,
                                const struct framework_phase *phase)
{
    static const char *const asking[] = {"opinion", "advice", "reaction", "recommendation"};
    bool waits = !(phase->ends & (END_ADVANCE | END_QUOTA));
    framework_roles roles = ballots_decide(framework) ? 0 : phase->ballots;
    for (size_t i = 0; i < phase->input_count; i++)
        for (size_t j = 0; j < sizeof asking / sizeof *asking; j++)
            if ((phase->inputs[i].required || waits) &&
                strcmp(phase->inputs[i].type, asking[j]) == 0)
                roles |= phase->inputs[i].by;
    return roles;
}

/* Somebody who does not decide is asked before any phase in which it is decided. */
static void check_asked(const struct check *check)
{
    const struct framework *framework = check->decision->framework;
    for (size_t i = 0; i < framework->phase_count; i++) {
        if (deciders_in(framework, &framework->phases[i]))
            break;
        if (is_asked(check, asked_in(framework, &framework->phases[i])))
            return;
    }
    faults_add(check->faults, "/framework", FAULT_LEVEL_INPUT_FIRST,
               "At this delegation level somebody else must be asked before it is decided.");
}

bool delegation_check(const struct decide_case *decision, const struct delegation *delegation,
                      struct faults *faults)
{
    size_t found = faults->found, count = delegation->team_count;
    struct decide_view view;
    if (!delegation->level)
        return true;
    view_init(&view, decision);
    struct check check = {.decision = decision,
                          .view = &view,
                          .delegator = delegation->delegator,
                          .team = arena_array(decision->arena, count, sizeof *check.team),
                          .team_count = count,
                          .level = &delegation_levels[delegation->level - 1],
                          .faults = faults};
    for (size_t i = 0; i < count; i++)
        check.team[i] = delegation->team[i];
    if (count)
        qsort(check.team, count, sizeof *check.team, by_text);
    for (size_t i = 0; i < decision->framework->phase_count; i++)
        check.deciders |= deciders_in(decision->framework, &decision->framework->phases[i]);
    check_outsiders(&check);
    check_missing(&check);
    if (check.level->deciders == DECIDED_BY_BOTH)
        check_agreement(&check);
    if (check.level->duties & DUTY_RATIONALE)
        check_rationale(&check);
    if (check.level->duties & (DUTY_INPUT_FIRST | DUTY_ADVICE_FIRST))
        check_asked(&check);
    return faults->found == found;
}
