/* SPDX-License-Identifier: Apache-2.0 */
/* Consensus (FRAMEWORKS.md 3.4): adopted when a quorum answered, no more than `max_blocks` block,
 * not too many stand aside, and at least one agrees. Everybody counts once, whatever their weight.
 */
#include "decide_family.h"
#include "decide_input.h"
#include "decide_position.h"
#include "framework_rule.h"

#include <string.h>

enum position { AGREE, RESERVATIONS, STAND_ASIDE, ABSTAIN, BLOCK, POSITIONS };

static const char *const position_names[] = {"agree", "reservations", "stand_aside", "abstain",
                                             "block"};

struct poll {
    size_t phase;
    int64_t eligible, cast;
    int64_t by[POSITIONS]; /* those that count */
    int64_t blocks_void;
};

static enum position position_kind(const struct decide_input *input)
{
    size_t kind = 0;
    while (kind < POSITIONS && strcmp(position_names[kind], input->type) != 0)
        kind++;
    return (enum position)kind;
}

/* A block without a reason, or without the supporters it needs, is void: its author has answered
 * but it is no vote. */
static bool is_void(const struct decide_view *view, const struct decide_input *input)
{
    const int64_t needed = view->framework->rule.block_supporters;
    return position_kind(input) == BLOCK &&
           (!input_has_reason(input) ||
            (needed && (int64_t)position_supporters(view, input, "support") < needed));
}

static struct poll take_poll(const struct decide_view *view)
{
    struct poll poll = {.phase = position_phase(view, "agree")};
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        if (!position_asked(view, poll.phase, elector))
            continue;
        poll.eligible++;
        const struct decide_input *input = position_of(view, poll.phase, elector);
        if (!input || position_kind(input) == POSITIONS)
            continue;
        if (is_void(view, input)) {
            poll.blocks_void++;
            continue;
        }
        poll.cast++;
        poll.by[position_kind(input)]++;
    }
    return poll;
}

/* Yes: agreed, if with reservations; no: blocked; the others abstained. */
static void take_votes(const struct decide_view *view, const struct poll *poll, struct tally *tally,
                       struct tally_result *result)
{
    const struct {
        const char *choice;
        int64_t count;
    } votes[] = {{"yes", poll->by[AGREE] + poll->by[RESERVATIONS]},
                 {"no", poll->by[BLOCK]},
                 {"abstain", poll->by[STAND_ASIDE] + poll->by[ABSTAIN]}};
    struct faults faults;
    faults_init(&faults, view->arena);
    (void)framework_rule_tally(view->arena, &view->framework->rule, NULL, 0, poll->eligible,
                               "/configuration/rule", tally, &faults); /* checked when opened */
    for (size_t i = 0; i < sizeof votes / sizeof *votes; i++) {
        struct json choice = {.type = JSON_TEXT,
                              .text = {votes[i].choice, strlen(votes[i].choice)}};
        struct json_member member = {"choice", strlen("choice"), choice};
        struct json ballot = {.type = JSON_MAP, .map = {&member, 1}};
        if (votes[i].count)
            (void)tally_add_ballot(tally, &ballot, votes[i].count, 1, "", &faults);
    }
    tally_count(view->arena, tally, result);
}

static bool too_many_aside(const struct framework_rule *rule, const struct poll *poll)
{
    return rule->has_stand_aside_cap &&
           poll->by[STAND_ASIDE] * rule->stand_aside_cap[1] > rule->stand_aside_cap[0] * poll->cast;
}

/* The rule without the last resort. */
static void judge(const struct decide_view *view, const struct poll *poll, bool quorum,
                  struct decide_result *result)
{
    const struct framework_rule *rule = &view->framework->rule;
    if (!quorum) {
        result->outcome = OUTCOME_NO_QUORUM;
    } else if (poll->by[BLOCK] > rule->max_blocks) {
        result->outcome = OUTCOME_BLOCKED;
    } else if (too_many_aside(rule, poll)) {
        result->outcome = OUTCOME_REJECTED;
        result->reason = "stand_asides";
    } else if (!poll->by[AGREE]) {
        result->outcome = OUTCOME_REJECTED;
        result->reason = "nobody_agrees";
    } else {
        result->outcome = OUTCOME_ADOPTED;
    }
}

static bool is_last_round(const struct decide_view *view)
{
    int64_t max = view->framework->rule.max_rounds;
    return max && view->facts.round >= max;
}

/* After the last round a supermajority may do instead, where the rule has a threshold. */
static bool vote_decides(const struct decide_view *view, const struct decide_result *result)
{
    return result->outcome != OUTCOME_ADOPTED && result->outcome != OUTCOME_NO_QUORUM &&
           json_get(view->framework->rule.parameters, "threshold") && is_last_round(view);
}

/* A block, or too many who stand aside, keep the group from agreeing; after the last round another
 * framework decides then, where there is one. That nobody agrees is an answer, and stays rejection.
 */
static bool escalates(const struct decide_view *view, const struct poll *poll,
                      const struct decide_result *result)
{
    return view->framework->rule.fallback.framework && is_last_round(view) &&
           (result->outcome == OUTCOME_BLOCKED || too_many_aside(&view->framework->rule, poll)) &&
           result->outcome != OUTCOME_NO_QUORUM;
}

static struct poll conclude(const struct decide_view *view, struct tally *tally,
                            struct tally_result *votes, struct decide_result *result, bool *voted)
{
    struct poll poll = take_poll(view);
    take_votes(view, &poll, tally, votes);
    judge(view, &poll, votes->outcome != TALLY_NO_QUORUM, result);
    *voted = vote_decides(view, result);
    if (*voted) {
        bool adopted = votes->outcome == TALLY_ADOPTED;
        result->reason = adopted ? "supermajority" : result->reason;
        result->outcome = adopted ? OUTCOME_ADOPTED : result->outcome;
    }
    if (escalates(view, &poll, result)) {
        result->outcome = OUTCOME_ESCALATED;
        result->reason = "max_rounds";
    }
    return poll;
}

/* Without agreement the text is discussed again, as long as there is a round left and somebody took
 * part in this one. */
static int returns(const struct decide_view *view)
{
    struct tally tally;
    struct tally_result votes;
    struct decide_result result = {.outcome = OUTCOME_NONE};
    bool voted;
    if (view_phase(view)->back < 0 || is_last_round(view))
        return -1;
    struct poll poll = conclude(view, &tally, &votes, &result, &voted);
    bool asked = view->facts.phase == poll.phase;
    return asked && poll.cast && result.outcome != OUTCOME_ADOPTED ? view_phase(view)->back : -1;
}

static void write_positions(const struct decide_view *view, const struct poll *poll,
                            struct json_writer *w)
{
    jw_key(w, "positions");
    jw_list(w);
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        if (!position_asked(view, poll->phase, elector))
            continue;
        const struct decide_input *input = position_of(view, poll->phase, elector);
        jw_map(w);
        jw_key_text(w, "member", elector->member);
        jw_key_text(w, "position", input ? input->type : "silent");
        if (input) {
            jw_key_text(w, "input", input->id);
            jw_key(w, "data");
            jw_value(w, input->data);
        }
        if (input && position_kind(input) == BLOCK) {
            jw_key_int(w, "supporters", (int64_t)position_supporters(view, input, "support"));
            jw_key_bool(w, "void", is_void(view, input));
        }
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    struct tally tally;
    struct tally_result votes;
    struct buf text;
    bool voted;
    struct poll poll = conclude(view, &tally, &votes, result, &voted);
    jw_key(w, "consensus");
    jw_map(w);
    jw_key_int(w, "eligible", poll.eligible);
    jw_key_int(w, "cast", poll.cast);
    for (size_t i = 0; i < POSITIONS; i++)
        jw_key_int(w, position_names[i], poll.by[i]);
    jw_key_int(w, "blocks_void", poll.blocks_void);
    jw_map_end(w);
    write_positions(view, &poll, w);
    if (!voted)
        return;
    buf_init(&text, view->arena, w->buf->max);
    tally_write(&tally, &votes, &text);
    jw_key(w, "tally");
    jw_raw(w, buf_cstr(&text), text.len);
}

const struct decide_family family_consensus = {.returns = returns, .count = count};
