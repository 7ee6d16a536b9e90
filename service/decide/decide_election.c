/* SPDX-License-Identifier: Apache-2.0 */
/* Electing somebody to a role (FRAMEWORKS.md 3.3): the most-nominated is proposed and objections
 * are heard; on a qualified objection the next one is proposed, in a new round. A tie that no rule
 * breaks leads to a round in which those who nominated choose among the tied. Heads count. */
#include "decide_consent.h"
#include "decide_family.h"
#include "decide_input.h"
#include "instant.h"
#include "tally_method.h"

#include <string.h>

#define NOBODY SIZE_MAX

/* Members are known by their place in view->electors. What the nominations say in a round: */
struct selection {
    size_t candidate; /* NOBODY: there is none, or a tie */
    size_t *tied;     /* of more than one: those with the most nominations */
    size_t tied_count;
    const char *tie_break; /* how the tie was broken, or NULL */
    int64_t *counts;       /* nominations of each member who was not discarded */
};

/* The rounds so far, played again from what is stored. */
struct election {
    const struct decide_view *view;
    size_t n;
    bool *discarded; /* by a qualified objection */
    size_t **sets;   /* of each time that nominations were asked: whom each member named */
    int64_t *asked;  /* in which round */
    size_t set_count;
    const size_t *choice; /* in this round only these may be nominated; NULL: all */
    size_t choice_count;
    struct selection now;
};

static size_t place_of(const struct decide_view *view, const char *member)
{
    for (size_t low = 0, high = view->elector_count; member && low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(member, view->electors[middle]->member);
        if (!order)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NOBODY;
}

static bool is_newer(const struct decide_input *input, const struct decide_input *than)
{
    return !than || input->at > than->at ||
           (input->at == than->at && strcmp(input->id, than->id) > 0);
}

/* The nominations of a round, of each member the last. */
static void add_set(struct election *e, int64_t round)
{
    const struct decide_case *facts = &e->view->facts;
    const struct decide_input **last = arena_array(e->view->arena, e->n, sizeof *last);
    size_t *named = arena_array(e->view->arena, e->n, sizeof *named);
    for (size_t i = 0; i < facts->input_count; i++) {
        const struct decide_input *input = &facts->inputs[i];
        size_t by = input->round == round && input->revision == facts->revision &&
                            strcmp(input->type, "nomination") == 0
                        ? place_of(e->view, input->member)
                        : NOBODY;
        if (by != NOBODY && is_newer(input, last[by]))
            last[by] = input;
    }
    for (size_t i = 0; i < e->n; i++)
        named[i] = last[i] ? place_of(e->view, json_get_text(last[i]->data, "nominee")) : NOBODY;
    e->sets[e->set_count] = named;
    e->asked[e->set_count++] = round;
}

static bool has_nominations(const struct election *e, size_t set)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->sets[set][i] != NOBODY)
            return true;
    return false;
}

/* Sole self-nominator, incumbent, lot: the first of these that names one. */
static void break_tie(const struct election *e, const size_t *named, struct selection *selection)
{
    const struct framework_rule *rule = &e->view->framework->rule;
    const char **names = arena_array(e->view->arena, e->n, sizeof *names);
    size_t selves = 0, self = NOBODY;
    for (size_t i = 0; i < selection->tied_count; i++) {
        size_t member = selection->tied[i];
        if (named[member] == member) {
            selves++;
            self = member;
        }
        if (rule->incumbent && strcmp(e->view->electors[member]->member, rule->incumbent) == 0) {
            selection->candidate = member;
            selection->tie_break = "incumbent";
        }
    }
    if (selves == 1) {
        selection->candidate = self;
        selection->tie_break = "self_nomination";
    }
    if (selection->candidate != NOBODY || !rule->seed)
        return;
    for (size_t i = 0; i < e->n; i++)
        names[i] = e->view->electors[i]->member;
    const struct tally lot = {.options = names, .option_count = e->n, .config.seed = rule->seed};
    size_t *order = arena_array(e->view->arena, selection->tied_count, sizeof *order);
    memcpy(order, selection->tied, selection->tied_count * sizeof *order);
    tally_lot(&lot, order, selection->tied_count);
    selection->candidate = order[0];
    selection->tie_break = "lot";
}

/* Who is to be proposed: by the newest nominations that name somebody who is not discarded. */
static struct selection select_candidate(const struct election *e)
{
    struct arena *arena = e->view->arena;
    struct selection selection = {.candidate = NOBODY,
                                  .tied = arena_array(arena, e->n, sizeof *selection.tied),
                                  .counts = arena_array(arena, e->n, sizeof *selection.counts)};
    int64_t most = 0;
    for (size_t set = e->set_count; set-- && !most;) {
        const size_t *named = e->sets[set];
        for (size_t i = 0; i < e->n; i++)
            if (named[i] != NOBODY && !e->discarded[named[i]] &&
                ++selection.counts[named[i]] > most)
                most = selection.counts[named[i]];
        for (size_t i = 0; most && i < e->n; i++)
            if (selection.counts[i] == most)
                selection.tied[selection.tied_count++] = i;
        if (selection.tied_count == 1)
            selection.candidate = selection.tied[0];
        else if (selection.tied_count)
            break_tie(e, named, &selection);
    }
    return selection;
}

static bool is_tie(const struct selection *selection)
{
    return selection->candidate == NOBODY && selection->tied_count > 1;
}

/* What follows from a round that elected nobody: the candidate is discarded; if then, or anyway,
 * some are tied, the next round asks for nominations among them. */
static void go_on(struct election *e, int64_t next)
{
    if (e->now.candidate != NOBODY) {
        e->discarded[e->now.candidate] = true;
        e->now = select_candidate(e);
    }
    e->choice = NULL;
    if (is_tie(&e->now)) {
        e->choice = e->now.tied;
        e->choice_count = e->now.tied_count;
        add_set(e, next);
        e->now = select_candidate(e);
    }
}

static void begin(struct election *e, const struct decide_view *view)
{
    size_t rounds = (size_t)view->facts.round + 1;
    *e = (struct election){.view = view, .n = view->elector_count};
    e->discarded = arena_array(view->arena, e->n, sizeof *e->discarded);
    e->sets = arena_array(view->arena, rounds, sizeof *e->sets);
    e->asked = arena_array(view->arena, rounds, sizeof *e->asked);
    add_set(e, 1);
    e->now = select_candidate(e);
}

static struct election play(const struct decide_view *view)
{
    struct election e;
    begin(&e, view);
    for (int64_t round = 2; round <= view->facts.round; round++)
        go_on(&e, round);
    return e;
}

/* The phase after which a candidate must stand, and where nominations are asked again. */
static bool before_stances(const struct decide_view *view)
{
    return view->facts.phase + 1 == view_stance_phase(view);
}

static int again_phase(const struct decide_view *view)
{
    return view->framework->phases[view_stance_phase(view) - 1].back;
}

/* The phase of the round that follows the objections to the candidate, or -1. */
static int after_objections(const struct decide_view *view)
{
    struct election e = play(view);
    if (e.now.candidate == NOBODY)
        return -1;
    e.discarded[e.now.candidate] = true;
    struct selection next = select_candidate(&e);
    if (is_tie(&next))
        return again_phase(view);
    return next.candidate == NOBODY ? -1 : view->framework->phases[view_stance_phase(view)].back;
}

static int returns(const struct decide_view *view)
{
    if (consent_last_round(view))
        return -1;
    if (view->facts.phase == view_stance_phase(view)) {
        struct stances stances = consent_stances(view);
        return stances.qualified && !stances.unruled ? after_objections(view) : -1;
    }
    struct election e = play(view);
    /* a round of nominations without any would be followed by another one for ever */
    return before_stances(view) && is_tie(&e.now) && has_nominations(&e, e.set_count - 1)
               ? again_phase(view)
               : -1;
}

static bool closes(const struct decide_view *view)
{
    struct election e = play(view);
    return before_stances(view) && e.now.candidate == NOBODY;
}

/* The nominee speaks last. */
static bool waits(const struct decide_view *view, const struct decide_elector *elector,
                  const char *type)
{
    if (!input_type_stance(type) || view->facts.phase != view_stance_phase(view))
        return false;
    struct election e = play(view);
    if (e.now.candidate == NOBODY || view->electors[e.now.candidate] != elector)
        return false;
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *other = view->electors[i];
        if (other != elector && !other->left && consent_asked(view, other) &&
            !consent_stance(view, other))
            return true;
    }
    return false;
}

static void check(const struct decide_view *view, const struct decide_elector *elector,
                  const char *type, const struct json *data, struct faults *faults)
{
    (void)elector;
    if (strcmp(type, "nomination") != 0)
        return;
    struct election e = play(view);
    size_t nominee = place_of(view, json_get_text(data, "nominee"));
    for (size_t i = 0; i < e.choice_count && e.choice; i++)
        if (e.choice[i] == nominee)
            return;
    if (e.choice && nominee != NOBODY)
        faults_add(faults, "/data/nominee", FAULT_NOMINEE_NOT_TIED,
                   "In this round it must be one of those who are tied.");
}

/* ---- the outcome and the report ---- */

static void judge(const struct decide_view *view, const struct election *e,
                  struct decide_result *result)
{
    struct stances stances = consent_stances(view);
    if (is_tie(&e->now)) {
        result->outcome = OUTCOME_TIED;
        result->reason = "tie";
        return;
    }
    if (e->now.candidate == NOBODY) {
        result->outcome = OUTCOME_REJECTED;
        result->reason = has_nominations(e, 0) ? "no_candidate" : "nobody_nominated";
        return;
    }
    consent_judge(view, &stances, result);
    if (!stances.qualified || stances.unruled || consent_last_round(view))
        return;
    struct election left = play(view);
    left.discarded[left.now.candidate] = true;
    left.now = select_candidate(&left);
    result->outcome = is_tie(&left.now) ? OUTCOME_TIED : OUTCOME_REJECTED;
    result->reason = is_tie(&left.now) ? "tie" : "no_candidate";
}

static void write_members(const struct decide_view *view, struct json_writer *w, const char *key,
                          const size_t *members, size_t count)
{
    jw_key(w, key);
    jw_list(w);
    for (size_t i = 0; i < count; i++)
        jw_text(w, view->electors[members[i]]->member);
    jw_list_end(w);
}

static void write_nominations(const struct election *e, int64_t round, struct json_writer *w)
{
    size_t set = e->set_count - 1;
    if (e->asked[set] != round)
        return;
    jw_key(w, "nominations");
    jw_list(w);
    for (size_t i = 0; i < e->n; i++) {
        if (e->sets[set][i] == NOBODY)
            continue;
        jw_map(w);
        jw_key_text(w, "member", e->view->electors[i]->member);
        jw_key_text(w, "nominee", e->view->electors[e->sets[set][i]]->member);
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void write_round(const struct election *e, int64_t round, struct json_writer *w)
{
    const struct selection *now = &e->now;
    jw_map(w);
    jw_key_int(w, "round", round);
    write_nominations(e, round, w);
    jw_key(w, "counts");
    jw_map(w);
    for (size_t i = 0; i < e->n; i++)
        if (now->counts[i])
            jw_key_int(w, e->view->electors[i]->member, now->counts[i]);
    jw_map_end(w);
    write_members(e->view, w, "tied", now->tied, now->tied_count > 1 ? now->tied_count : 0);
    jw_key_text(w, "tie_break", now->tie_break);
    jw_key_text(w, "candidate",
                now->candidate == NOBODY ? NULL : e->view->electors[now->candidate]->member);
    jw_map_end(w);
}

static void write_assignment(const struct decide_view *view, const char *member,
                             struct json_writer *w)
{
    const int64_t from = view->facts.closed_at ? view->facts.closed_at : view->facts.now;
    struct buf start, end;
    buf_init(&start, view->arena, 64);
    buf_init(&end, view->arena, 64);
    instant_write(&start, from);
    instant_write(&end, duration_add(from, &view->framework->rule.term));
    jw_map(w);
    jw_key_text(w, "member_id", member);
    jw_key_text(w, "starts_at", buf_cstr(&start));
    jw_key_text(w, "ends_at", buf_cstr(&end));
    jw_map_end(w);
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    struct election e;
    jw_key(w, "rounds");
    jw_list(w);
    begin(&e, view);
    write_round(&e, 1, w);
    for (int64_t round = 2; round <= view->facts.round; round++) {
        go_on(&e, round);
        write_round(&e, round, w);
    }
    jw_list_end(w);
    judge(view, &e, result);
    bool elected = result->outcome == OUTCOME_ADOPTED;
    write_members(view, w, "elected", &e.now.candidate, elected);
    jw_key(w, "assignment");
    if (elected)
        write_assignment(view, view->electors[e.now.candidate]->member, w);
    else
        jw_null(w);
    consent_write(view, w);
}

const struct decide_family family_election = {.unopposed = consent_unopposed,
                                              .closes = closes,
                                              .returns = returns,
                                              .waits = waits,
                                              .check = check,
                                              .count = count};
