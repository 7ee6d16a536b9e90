/* SPDX-License-Identifier: Apache-2.0 */
/* What one member may add to a decision now. */
#include "decide.h"
#include "decide_engine.h"
#include "decide_family.h"
#include "decide_input.h"
#include "decide_refuse.h"
#include "decide_vote.h"

#include <string.h>

void refusal_init(struct decide_refusal *refusal, struct arena *arena)
{
    *refusal = (struct decide_refusal){.code = PROBLEM_DECISION_STATE};
    faults_init(&refusal->faults, arena);
}

bool refuse(struct decide_refusal *refusal, enum problem_code code, const char *detail)
{
    refusal->code = code;
    refusal->detail = detail;
    return false;
}

/* Checks that come before what is in the input: the state, the member, the revision read. */
static bool check_open(const struct decide_view *view, struct decide_refusal *refusal)
{
    if (view->facts.status == DECIDE_DRAFT)
        return refuse(refusal, PROBLEM_DECISION_STATE, "The decision is not open yet.");
    if (view->facts.status == DECIDE_CLOSED)
        return refuse(refusal, PROBLEM_PHASE_CLOSED, "The decision is closed.");
    return true;
}

static bool check_revision(const struct decide_view *view, int64_t revision,
                           struct decide_refusal *refusal)
{
    if (revision == view->facts.revision)
        return true;
    return refuse(refusal, PROBLEM_REVISION_OUTDATED,
                  arena_printf(view->arena, "The current revision is %lld.",
                               (long long)view->facts.revision));
}

/* Why the phase takes no input of a type: its time is over, has not come, or never comes. */
static bool refuse_type(const struct decide_view *view, const char *type,
                        struct decide_refusal *refusal)
{
    for (size_t i = 0; i < view->framework->phase_count; i++)
        if (framework_input_find(&view->framework->phases[i], type))
            return i < view->facts.phase
                       ? refuse(refusal, PROBLEM_PHASE_CLOSED,
                                "The phase that takes inputs of this type is over.")
                       : refuse(refusal, PROBLEM_DECISION_STATE,
                                "The phase that takes inputs of this type has not begun.");
    faults_add(&refusal->faults, "/type", FAULT_INPUT_TYPE_UNEXPECTED,
               "The framework takes no input of this type.");
    return refuse(refusal, PROBLEM_INPUT_INVALID, "The input is not acceptable.");
}

static const struct decide_input *check_subject(const struct decide_view *view,
                                                const struct framework_input *input,
                                                const char *subject, struct faults *faults)
{
    if (!input->on) {
        if (subject)
            faults_add(faults, "/subject", FAULT_SUBJECT_NOT_ALLOWED,
                       "Inputs of this type answer nothing.");
        return NULL;
    }
    if (!subject) {
        faults_add(faults, "/subject", FAULT_SUBJECT_REQUIRED, "Name the %s that it answers.",
                   input->on);
        return NULL;
    }
    const struct decide_input *found = view_input_by_id(view, subject);
    if (!found || strcmp(found->type, input->on) != 0) {
        faults_add(faults, "/subject", FAULT_SUBJECT_UNKNOWN,
                   "It is no %s that stands on the current revision.", input->on);
        return NULL;
    }
    if (!view_demands_answer(view, input->type, found))
        faults_add(faults, "/subject", FAULT_RULING_NOT_NEEDED,
                   "The objection counts without a ruling.");
    return found;
}

/* A decision may be sent back only so often. */
static void check_returns(const struct decide_view *view, const char *type, const struct json *data,
                          struct faults *faults)
{
    int64_t max = view->framework->rule.max_returns;
    struct decide_input given = {.type = type, .data = data};
    if (max >= 0 && view->facts.round > max && input_is_sent_back(&given))
        faults_add(faults, "/data/value", FAULT_ROUNDS_EXHAUSTED,
                   "It may be sent back %lld times at most.", (long long)max);
}

/* The input of a type that is taken though its phase is over, or NULL: for the review of a decision
 * that is made or still may be. */
static const struct framework_input *late_input(const struct decide_view *view, const char *type)
{
    bool closed = view->facts.status == DECIDE_CLOSED;
    if (view->facts.status == DECIDE_DRAFT || view->facts.withdrawn || view_expired(view) ||
        (!closed && framework_input_find(view_phase(view), type)))
        return NULL;
    for (size_t i = 0; i < view->facts.phase + closed; i++) {
        const struct framework_input *input =
            framework_input_find(&view->framework->phases[i], type);
        if (input && input->late)
            return input;
    }
    return NULL;
}

static bool check_late(const struct decide_view *view, const struct framework_input *input,
                       const struct decide_elector *elector, const struct json *data,
                       const char *subject, struct decide_refusal *refusal)
{
    if (!elector || elector->left || !view_gives(view, input, elector))
        return refuse(refusal, PROBLEM_PERMISSION_DENIED,
                      "Your roles in this decision do not let you give such an input.");
    if (subject)
        faults_add(&refusal->faults, "/subject", FAULT_SUBJECT_NOT_ALLOWED,
                   "What comes late answers nothing.");
    input_check_data(&view->facts, input, data, NULL, &refusal->faults);
    if (refusal->faults.found)
        return refuse(refusal, PROBLEM_INPUT_INVALID, "The input is not acceptable.");
    return true;
}

bool decide_check_input(const struct decide_case *decision, const char *member, const char *type,
                        const struct json *data, const char *subject, int64_t revision,
                        struct decide_refusal *refusal)
{
    struct decide_view view;
    struct decide_step step;
    refusal_init(refusal, decision->arena);
    engine_begin(decision, &view, &step);
    const struct decide_elector *elector = view_elector(&view, member);
    const struct framework_input *input = framework_input_find(view_phase(&view), type);
    const struct framework_input *late = late_input(&view, type);
    if (late)
        return check_late(&view, late, elector, data, subject, refusal);
    if (!check_open(&view, refusal))
        return false;
    if (!input)
        return refuse_type(&view, type, refusal);
    if (!elector || elector->left || !view_gives(&view, input, elector))
        return refuse(refusal, PROBLEM_PERMISSION_DENIED,
                      "Your roles in this decision do not let you give such an input.");
    if (!check_revision(&view, revision, refusal))
        return false;
    const struct decide_input *found = check_subject(&view, input, subject, &refusal->faults);
    input_check_data(&view.facts, input, data, found, &refusal->faults);
    check_returns(&view, type, data, &refusal->faults);
    if (view_family(&view)->waits && view_family(&view)->waits(&view, elector, type))
        faults_add(&refusal->faults, "/type", FAULT_TURN_NOT_COME,
                   "You are heard after all others have said how they stand.");
    if (view_family(&view)->check)
        view_family(&view)->check(&view, elector, type, data, &refusal->faults);
    if (refusal->faults.found)
        return refuse(refusal, PROBLEM_INPUT_INVALID, "The input is not acceptable.");
    return true;
}

enum input_hidden decide_hides(const struct decide_case *decision, const char *type)
{
    const struct framework_input *input =
        framework_input_find(&decision->framework->phases[decision->phase], type);
    return input && decision->status == DECIDE_OPEN ? input->hidden : HIDDEN_NEVER;
}

const char *decide_input_phase(const struct decide_case *decision, const char *type)
{
    const struct framework_phase *phase = &decision->framework->phases[decision->phase];
    return decision->status == DECIDE_OPEN && framework_input_find(phase, type)
               ? phase->key
               : DECIDE_REVIEW_PHASE;
}

static bool puts_options(const struct decide_view *view, const struct decide_elector *elector)
{
    return view->facts.status == DECIDE_OPEN && elector && !elector->left &&
           (elector->roles & view_phase(view)->options);
}

static const struct decide_option *find_option(const struct decide_view *view, const char *key)
{
    for (size_t i = 0; i < view->facts.option_count; i++)
        if (strcmp(view->facts.options[i].key, key) == 0)
            return &view->facts.options[i];
    return NULL;
}

bool decide_check_option(const struct decide_case *decision, const char *member, const char *key,
                         struct decide_refusal *refusal)
{
    struct decide_view view;
    struct decide_step step;
    refusal_init(refusal, decision->arena);
    if (decision->status == DECIDE_DRAFT)
        return true;
    engine_begin(decision, &view, &step);
    if (view.facts.status != DECIDE_OPEN || !view_phase(&view)->options)
        return refuse(refusal, PROBLEM_DECISION_STATE,
                      "Options can be changed in a draft, or in a phase that takes them.");
    if (!puts_options(&view, view_elector(&view, member)))
        return refuse(refusal, PROBLEM_PERMISSION_DENIED,
                      "Your roles in this decision do not let you put options.");
    /* one of somebody else's, or of the draft, is not for others to change */
    const struct decide_option *option = find_option(&view, key);
    if (option && (!option->member || strcmp(option->member, member) != 0))
        return refuse(refusal, PROBLEM_PERMISSION_DENIED, "Only who put an option may change it.");
    if (!option && view.facts.option_count >= TALLY_OPTIONS_MAX)
        return refuse(refusal, PROBLEM_DECISION_STATE,
                      "There are as many options already as can be voted on.");
    return true;
}

static bool refuse_ballot(const struct decide_view *view, struct decide_refusal *refusal)
{
    for (size_t i = 0; i < view->facts.phase; i++)
        if (view->framework->phases[i].ballots)
            return refuse(refusal, PROBLEM_PHASE_CLOSED, "The vote is over.");
    return refuse(refusal, PROBLEM_DECISION_STATE, "There is no vote in this phase.");
}

bool decide_check_ballot(const struct decide_case *decision, const char *member,
                         const struct json *ballot, int64_t revision,
                         struct decide_refusal *refusal)
{
    struct decide_view view;
    struct decide_step step;
    struct tally tally;
    refusal_init(refusal, decision->arena);
    engine_begin(decision, &view, &step);
    const struct decide_elector *elector = view_elector(&view, member);
    if (!check_open(&view, refusal))
        return false;
    if (!view_phase(&view)->ballots)
        return refuse_ballot(&view, refusal);
    if (!elector || elector->left || !view_votes(&view, view_phase(&view), elector))
        return refuse(refusal, PROBLEM_PERMISSION_DENIED,
                      "Your roles in this decision do not let you vote.");
    if (!check_revision(&view, revision, refusal))
        return false;
    if (view.framework->rule.secret && elector->voted)
        return refuse(refusal, PROBLEM_BALLOT_FINAL,
                      elector->carried_by ? "Whom you trust has voted in secret for you too."
                                          : "You have cast your secret ballot.");
    if (!vote_tally(&view, &tally, &refusal->faults) ||
        !tally_check_ballot(&tally, ballot, "/ballot", &refusal->faults))
        return refuse(refusal, PROBLEM_BALLOT_INVALID, "The ballot is not acceptable.");
    return true;
}

/* Somebody else may still vote here, so not everything is in. */
static bool is_awaited(const struct decide_view *view, const char *member)
{
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        if (strcmp(elector->member, member) != 0 && !elector->left &&
            view_votes(view, view_phase(view), elector) && !view_has_voted(view, elector))
            return true;
    }
    return false;
}

bool decide_takes_alone(const struct decide_case *decision)
{
    const struct framework_rule *rule = &decision->framework->rule;
    const struct framework_phase *phase = &decision->framework->phases[decision->phase];
    if (decision->status != DECIDE_OPEN || !phase->ballots || phase->input_count ||
        (rule->secret && rule->proxy.allowed))
        return false;
    return !(decision->due_at && decision->due_at <= decision->now) &&
           !(rule->expires && duration_add(decision->opened_at, &rule->expiry) <= decision->now);
}

bool decide_waits(const struct decide_case *decision, const char *member)
{
    struct decide_view view;
    view_init(&view, decision);
    const struct framework_phase *phase = view_phase(&view);
    unsigned quiet = END_DEADLINE | END_ADVANCE | END_ALL_IN;
    if (!view.framework->rule.early_close)
        quiet |= END_CERTAIN;
    return decide_takes_alone(decision) && !(phase->ends & ~quiet) &&
           (!(phase->ends & END_ALL_IN) || is_awaited(&view, member));
}

static void list_inputs(const struct decide_view *view, const struct decide_elector *elector,
                        struct decide_actions *actions)
{
    const struct framework_phase *phases = view->framework->phases, *phase = view_phase(view);
    const struct decide_family *family = view_family(view);
    size_t room = 0;
    for (size_t i = 0; i <= view->facts.phase; i++)
        room += phases[i].input_count;
    const char **types = arena_array(view->arena, room, sizeof *types);
    for (size_t i = 0; view->facts.status == DECIDE_OPEN && i < phase->input_count; i++)
        if (view_gives(view, &phase->inputs[i], elector) &&
            !(family->waits && family->waits(view, elector, phase->inputs[i].type)))
            types[actions->input_count++] = phase->inputs[i].type;
    for (size_t i = 0; i <= view->facts.phase; i++)
        for (size_t j = 0; j < phases[i].input_count; j++)
            if (late_input(view, phases[i].inputs[j].type) == &phases[i].inputs[j] &&
                view_gives(view, &phases[i].inputs[j], elector))
                types[actions->input_count++] = phases[i].inputs[j].type;
    actions->inputs = types;
}

void decide_may(const struct decide_case *decision, const char *member,
                struct decide_actions *actions)
{
    struct decide_view view;
    struct decide_step step;
    *actions = (struct decide_actions){0};
    engine_begin(decision, &view, &step);
    const struct decide_elector *elector = view_elector(&view, member);
    actions->withdraw = view.facts.status == DECIDE_OPEN && holds_withdraw(&view, member);
    if (view.facts.status == DECIDE_DRAFT || !elector || elector->left)
        return;
    list_inputs(&view, elector, actions);
    if (view.facts.status == DECIDE_CLOSED)
        return;
    const struct framework_phase *phase = view_phase(&view);
    bool moves_on = (phase->ends & (END_ADVANCE | END_QUOTA)) && holds_advance(&view, member) &&
                    !view_missing_to_advance(&view, NULL);
    bool last = view.facts.phase + 1 == view.framework->phase_count;
    actions->advance = moves_on;
    actions->close = moves_on && last;
    actions->revise =
        phase->revise >= 0 && holds_action(&view, member, MAY_REVISE) && !rounds_exhausted(&view);
    actions->vote =
        view_votes(&view, phase, elector) && !(view.framework->rule.secret && elector->voted);
    actions->options = puts_options(&view, elector);
    actions->due_at = view.facts.due_at;
    /* a phase that, after all were heard, only a new text can lead out of waits for it */
    actions->waiting = view_owes(&view, view.facts.phase, elector) ||
                       (actions->revise && (size_t)phase->revise < view.facts.phase &&
                        !view_unsaid(&view, view.facts.phase));
}
