/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_view.h"
#include "decide_family.h"
#include "decide_input.h"

#include <stdlib.h>
#include <string.h>

static int by_elector(const void *a, const void *b)
{
    const struct decide_elector *const *x = a, *const *y = b;
    return strcmp((*x)->member, (*y)->member);
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static int by_age(const struct decide_input *x, const struct decide_input *y)
{
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return strcmp(x->id, y->id);
}

static int same_place(const struct decide_input *x, const struct decide_input *y)
{
    int order = strcmp(x->phase, y->phase);
    return order ? order : strcmp(x->member, y->member);
}

static int by_place(const void *a, const void *b)
{
    const struct decide_input *const *x = a, *const *y = b;
    int order = same_place(*x, *y);
    return order ? order : by_age(*x, *y);
}

static int same_subject(const struct decide_input *x, const struct decide_input *y)
{
    int order = strcmp(x->subject, y->subject);
    return order ? order : strcmp(x->type, y->type);
}

static int by_subject(const void *a, const void *b)
{
    const struct decide_input *const *x = a, *const *y = b;
    int order = same_subject(*x, *y);
    return order ? order : by_age(*x, *y);
}

/* Keeps the last of each run of inputs that are the same; they are sorted by age within a run. */
static size_t keep_newest(const struct decide_input **inputs, size_t count,
                          int (*same)(const struct decide_input *, const struct decide_input *))
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || same(inputs[i], inputs[i + 1]) != 0)
            inputs[kept++] = inputs[i];
    return kept;
}

/* Of earlier rounds counts what was said in phases that no new round repeats. Phases outside the
 * framework are what came too late to count (decide_input_phase). */
static bool is_of_round(const struct decide_view *view, const struct decide_input *input)
{
    int phase = framework_phase_find(view->framework, input->phase);
    return phase >= 0 &&
           (input->round == view->facts.round || (size_t)phase < view->framework->repeated);
}

void view_refresh(struct decide_view *view)
{
    const struct decide_case *facts = &view->facts;
    view->input_count = view->answer_count = view->voter_count = 0;
    for (size_t i = 0; i < facts->input_count; i++) {
        const struct decide_input *input = &facts->inputs[i];
        if (input->revision != facts->revision || !is_of_round(view, input) ||
            !view_elector(view, input->member))
            continue;
        if (input->subject)
            view->answers[view->answer_count++] = input;
        else
            view->inputs[view->input_count++] = input;
    }
    if (view->input_count)
        qsort(view->inputs, view->input_count, sizeof(void *), by_place);
    if (view->answer_count)
        qsort(view->answers, view->answer_count, sizeof(void *), by_subject);
    view->input_count = keep_newest(view->inputs, view->input_count, same_place);
    view->answer_count = keep_newest(view->answers, view->answer_count, same_subject);
    for (size_t i = 0; i < facts->ballot_count; i++)
        if (facts->ballots[i].member && facts->ballots[i].revision == facts->revision)
            view->voters[view->voter_count++] = facts->ballots[i].member;
    if (view->voter_count)
        qsort(view->voters, view->voter_count, sizeof(char *), by_text);
}

void view_init(struct decide_view *view, const struct decide_case *decision)
{
    struct arena *arena = decision->arena;
    *view = (struct decide_view){
        .arena = arena,
        .facts = *decision,
        .framework = decision->framework,
        .electors = arena_array(arena, decision->elector_count, sizeof *view->electors),
        .inputs = arena_array(arena, decision->input_count, sizeof *view->inputs),
        .answers = arena_array(arena, decision->input_count, sizeof *view->answers),
        .voters = arena_array(arena, decision->ballot_count, sizeof *view->voters),
        .elector_count = decision->elector_count,
    };
    for (size_t i = 0; i < view->elector_count; i++)
        view->electors[i] = &decision->electors[i];
    if (view->elector_count)
        qsort(view->electors, view->elector_count, sizeof(void *), by_elector);
    view_refresh(view);
}

const struct framework_phase *view_phase(const struct decide_view *view)
{
    return &view->framework->phases[view->facts.phase];
}

const struct decide_elector *view_elector(const struct decide_view *view, const char *member)
{
    if (!member || !view->elector_count)
        return NULL;
    const struct decide_elector key = {.member = member}, *wanted = &key;
    const struct decide_elector **found =
        bsearch(&wanted, view->electors, view->elector_count, sizeof(void *), by_elector);
    return found ? *found : NULL;
}

static int at_place(const void *a, const void *b)
{
    const struct decide_input *const *x = a, *const *y = b;
    return same_place(*x, *y);
}

const struct decide_input *view_input(const struct decide_view *view, size_t phase,
                                      const char *member)
{
    if (!view->input_count)
        return NULL;
    const struct decide_input key = {.phase = view->framework->phases[phase].key, .member = member},
                              *wanted = &key;
    const struct decide_input **found =
        bsearch(&wanted, view->inputs, view->input_count, sizeof(void *), at_place);
    return found ? *found : NULL;
}

static int at_subject(const void *a, const void *b)
{
    const struct decide_input *const *x = a, *const *y = b;
    return same_subject(*x, *y);
}

const struct decide_input *view_answer(const struct decide_view *view,
                                       const struct decide_input *subject, const char *type)
{
    if (!view->answer_count)
        return NULL;
    const struct decide_input key = {.subject = subject->id, .type = type}, *wanted = &key;
    const struct decide_input **found =
        bsearch(&wanted, view->answers, view->answer_count, sizeof(void *), at_subject);
    return found && (*found)->at >= subject->at ? *found : NULL;
}

const struct decide_input *view_input_by_id(const struct decide_view *view, const char *id)
{
    for (size_t i = 0; i < view->input_count; i++)
        if (strcmp(view->inputs[i]->id, id) == 0)
            return view->inputs[i];
    return NULL;
}

/* Rule i: whether the proposer takes part in what decides is configuration. */
static bool shut_out(const struct decide_view *view, const struct decide_elector *elector)
{
    return !view->framework->rule.proposer_votes && view->facts.proposer &&
           strcmp(elector->member, view->facts.proposer) == 0;
}

bool view_votes(const struct decide_view *view, const struct framework_phase *phase,
                const struct decide_elector *elector)
{
    return (elector->roles & phase->ballots) && !shut_out(view, elector);
}

bool view_has_voted(const struct decide_view *view, const struct decide_elector *elector)
{
    if (view->framework->rule.secret)
        return elector->voted;
    return view->voter_count &&
           bsearch(&elector->member, view->voters, view->voter_count, sizeof(char *), by_text);
}

bool view_gives(const struct decide_view *view, const struct framework_input *input,
                const struct decide_elector *elector)
{
    return (elector->roles & input->by) &&
           !(input_type_stance(input->type) && shut_out(view, elector));
}

bool view_decides(const struct decide_view *view, const struct decide_elector *elector)
{
    for (size_t i = 0; i < view->framework->phase_count; i++)
        for (size_t j = 0; j < view->framework->phases[i].input_count; j++) {
            const struct framework_input *input = &view->framework->phases[i].inputs[j];
            if (input_type_decides(input->type) && (elector->roles & input->by))
                return true;
        }
    return false;
}

bool view_demands_answer(const struct decide_view *view, const char *type,
                         const struct decide_input *subject)
{
    if (strcmp(type, "ruling") == 0)
        return input_needs_ruling(&view->framework->rule, subject);
    /* a decider who advises owes no answer to themselves */
    return view->framework->rule.family != FAMILY_ADVICE || strcmp(type, "response") != 0 ||
           !view_decides(view, view_elector(view, subject->member));
}

/* The inputs that `input` must answer and that have no answer yet. */
static size_t unanswered(const struct decide_view *view, const struct framework_input *input,
                         struct faults *faults)
{
    size_t count = 0;
    for (size_t i = 0; i < view->input_count; i++) {
        const struct decide_input *subject = view->inputs[i];
        if (strcmp(subject->type, input->on) != 0 || view_answer(view, subject, input->type) ||
            !view_demands_answer(view, input->type, subject))
            continue;
        count++;
        if (faults)
            faults_add(faults, arena_printf(view->arena, "/inputs/%s", subject->id),
                       FAULT_INPUT_MISSING, "The %s of %s has no %s yet.", subject->type,
                       subject->member, input->type);
    }
    return count;
}

/* What is said to those who hold a role is demanded only where somebody holds it. */
static bool is_addressed(const struct decide_view *view, const struct framework_input *input)
{
    bool found = !input->to;
    for (size_t i = 0; i < view->elector_count && !found; i++)
        found = view->electors[i]->roles & input->to;
    return found;
}

static const struct framework_input *demanded(const struct decide_view *view,
                                              const struct framework_phase *phase,
                                              const struct decide_elector *elector)
{
    for (size_t i = 0; i < phase->input_count; i++) {
        const struct framework_input *input = &phase->inputs[i];
        if (input->required && !input->on && is_addressed(view, input) &&
            view_gives(view, input, elector) &&
            !(strcmp(input->type, "advice") == 0 && view_decides(view, elector)))
            return input;
    }
    return NULL;
}

bool view_owes(const struct decide_view *view, size_t index, const struct decide_elector *elector)
{
    const struct framework_phase *phase = &view->framework->phases[index];
    if (view_votes(view, phase, elector) && !view_has_voted(view, elector))
        return true;
    if (advice_owes_declaration(view, index, elector))
        return true;
    for (size_t i = 0; i < phase->input_count; i++) {
        const struct framework_input *input = &phase->inputs[i];
        if (input->required && input->on && view_gives(view, input, elector) &&
            unanswered(view, input, NULL))
            return true;
    }
    return demanded(view, phase, elector) && !view_input(view, index, elector->member);
}

static size_t missing_of(const struct decide_view *view, size_t index, bool with_ballots,
                         const struct decide_elector *elector, struct faults *faults)
{
    const struct framework_phase *phase = &view->framework->phases[index];
    const char *at = faults ? arena_printf(view->arena, "/stakeholders/%s", elector->member) : NULL;
    const struct framework_input *input = demanded(view, phase, elector);
    size_t count = 0;
    if (input && !view_input(view, index, elector->member)) {
        count++;
        if (faults)
            faults_add(faults, at, FAULT_INPUT_MISSING, "%s has not given a %s yet.",
                       elector->member, input_type_stance(input->type) ? "stance" : input->type);
    }
    if (with_ballots && view_votes(view, phase, elector) && !view_has_voted(view, elector)) {
        count++;
        /* who has not voted in secret is nobody's business: one fault for all, see below */
        if (faults && !view->framework->rule.secret)
            faults_add(faults, at, FAULT_BALLOT_MISSING, "%s has not voted yet.", elector->member);
    }
    return count;
}

bool view_unsaid(const struct decide_view *view, size_t index)
{
    for (size_t i = 0; i < view->elector_count; i++)
        if (!view->electors[i]->left && missing_of(view, index, false, view->electors[i], NULL))
            return true;
    return false;
}

size_t view_options_missing(const struct decide_view *view, struct faults *faults)
{
    const struct framework_rule *rule = &view->framework->rule;
    int64_t seats = json_get_int(rule->parameters, "seats", 1);
    size_t min = (size_t)(seats > rule->options_min ? seats : rule->options_min), fit = 0;
    for (size_t i = 0; i < view->facts.option_count; i++) {
        const struct decide_option *option = &view->facts.options[i];
        fit += option->argued || !rule->pros_and_cons;
        if (!option->argued && rule->pros_and_cons && faults)
            faults_add(faults, arena_printf(view->arena, "/options/%s", option->key),
                       FAULT_OPTION_NOT_ARGUED, "Say what speaks for it and what against it.");
    }
    if (fit < min && faults)
        faults_add(faults, "/options", FAULT_OPTIONS_TOO_FEW,
                   "There must be at least %zu options%s.", min,
                   rule->pros_and_cons ? " with arguments for and against them" : "");
    return view->facts.option_count - fit + (fit < min ? min - fit : 0);
}

size_t view_missing(const struct decide_view *view, size_t index, bool with_ballots,
                    struct faults *faults)
{
    const struct framework_phase *phase = &view->framework->phases[index];
    size_t count = 0;
    for (size_t i = 0; i < view->elector_count; i++)
        if (!view->electors[i]->left)
            count += missing_of(view, index, with_ballots, view->electors[i], faults);
    if (faults && count && with_ballots && phase->ballots && view->framework->rule.secret)
        faults_add(faults, "/ballots", FAULT_BALLOT_MISSING, "Not all ballots are cast yet.");
    for (size_t i = 0; i < phase->input_count; i++)
        if (phase->inputs[i].required && phase->inputs[i].on)
            count += unanswered(view, &phase->inputs[i], faults);
    if (phase->options)
        count += view_options_missing(view, faults);
    const struct decide_family *family = view_family(view);
    return count + (family->missing ? family->missing(view, index, faults) : 0);
}

size_t view_missing_to_advance(const struct decide_view *view, struct faults *faults)
{
    const struct decide_family *family = view_family(view);
    if (view_phase(view)->ends & END_QUOTA)
        return family->missing ? family->missing(view, view->facts.phase, faults) : 0;
    return view_missing(view, view->facts.phase, false, faults);
}
