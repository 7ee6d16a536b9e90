/* SPDX-License-Identifier: Apache-2.0 */
/* Everything decided by counting ballots; the counting itself is tally.h. */
#include "decide_vote.h"
#include "decide_family.h"
#include "decide_proxy.h"
#include "framework_rule.h"

#include <string.h>

const struct framework_phase *vote_phase(const struct decide_view *view)
{
    const struct framework_phase *phase = view->framework->phases;
    while (!phase->ballots)
        phase++; /* there is one: framework_check */
    return phase;
}

bool vote_tally(const struct decide_view *view, struct tally *tally, struct faults *faults)
{
    const struct decide_case *facts = &view->facts;
    const char **options = arena_array(view->arena, facts->option_count, sizeof *options);
    int64_t eligible = 0;
    for (size_t i = 0; i < facts->option_count; i++)
        options[i] = facts->options[i].key;
    for (size_t i = 0; i < view->elector_count; i++)
        if (view_votes(view, vote_phase(view), view->electors[i]))
            eligible += view->electors[i]->weight;
    return framework_rule_tally(view->arena, &view->framework->rule, options, facts->option_count,
                                eligible, "/configuration/rule", tally, faults);
}

/* The weight of each voter that a ballot stands for, with what it carries; 0 if it is none of the
 * electorate's. */
static int64_t ballot_weight(const struct decide_view *view, const struct decide_ballot *ballot,
                             const struct proxy_link *links)
{
    size_t place = view_place(view, ballot->member);
    const struct decide_elector *elector = place == PROXY_NOBODY ? NULL : view->electors[place];
    if (ballot->member && (!elector || !view_votes(view, vote_phase(view), elector)))
        return 0;
    if (elector && links)
        return links[place].weight;
    if (ballot->weight > 0)
        return ballot->weight;
    return elector ? elector->weight : 1;
}

/* Ballots were checked when they were cast, so one that is refused here was not stored by us and
 * counts as not cast. `links` NULL: each ballot counts for its voter alone. */
static bool fill(const struct decide_view *view, const struct proxy_link *links,
                 struct tally *tally)
{
    const struct decide_case *facts = &view->facts;
    struct faults faults;
    faults_init(&faults, view->arena);
    if (!vote_tally(view, tally, &faults))
        return false;
    for (size_t i = 0; i < facts->ballot_count; i++) {
        const struct decide_ballot *ballot = &facts->ballots[i];
        int64_t weight = ballot_weight(view, ballot, links);
        if (ballot->revision == facts->revision && weight > 0)
            (void)tally_add_ballot(tally, ballot->ballot, ballot->count > 0 ? ballot->count : 1,
                                   weight, "", &faults);
    }
    return true;
}

/* The weight of those who can still vote and have not. */
static int64_t outstanding(const struct decide_view *view)
{
    int64_t weight = 0;
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        if (!elector->left && view_votes(view, vote_phase(view), elector) &&
            !view_has_voted(view, elector))
            weight += elector->weight;
    }
    return weight;
}

/* True if a tie decides who gets a seat. */
static bool tied_for_seats(const struct tally_result *result)
{
    for (size_t i = 0; i < result->tie_count; i++)
        if (result->ties[i].seats > 0 &&
            (size_t)result->ties[i].seats < result->ties[i].options.count)
            return true;
    return false;
}

static bool same_result(const struct tally_result *a, const struct tally_result *b)
{
    return a->outcome == b->outcome && a->winners.count == b->winners.count &&
           (!a->winners.count || memcmp(a->winners.items, b->winners.items,
                                        a->winners.count * sizeof *a->winners.items) == 0);
}

/* Counts the tally with one more ballot that approves `option` alone and weighs `weight`. */
static void count_with(const struct decide_view *view, const struct tally *tally,
                       const char *option, int64_t weight, struct tally_result *result)
{
    struct tally probe = *tally; /* adding appends, so the original does not see it */
    struct json item = {.type = JSON_TEXT, .text = {option, strlen(option)}};
    struct json list = {.type = JSON_LIST, .list = {&item, 1}};
    struct json_member member = {.key = "approve", .key_len = strlen("approve"), .value = list};
    struct json ballot = {.type = JSON_MAP, .map = {&member, 1}};
    struct faults faults;
    faults_init(&faults, view->arena);
    (void)tally_add_ballot(&probe, &ballot, 1, weight, "", &faults);
    tally_count(view->arena, &probe, result);
}

/* Approval: an option is best off when all who are missing approve it alone, and worst off when all
 * of them approve another one alone; totals, the floor's base and the quorum move one way only. So
 * if nobody else voting and all voting for any single option give the same result without a tie,
 * every completion does; and each of these is a completion, so if they differ nothing is certain.
 */
static bool approval_certain(const struct decide_view *view, const struct tally *tally,
                             int64_t missing)
{
    struct tally_result now, then;
    tally_count(view->arena, tally, &now);
    for (size_t i = 0; i < tally->option_count; i++) {
        count_with(view, tally, tally->options[i], missing, &then);
        if (tied_for_seats(&then) || !same_result(&now, &then))
            return false;
    }
    return true;
}

/* Whoever has not voted themselves is missing, also those for whom others would vote: they still
 * may. What a proxy adds to a ballot is one of the ways in which the missing weight can fall. */
static bool certain(const struct decide_view *view)
{
    struct tally tally;
    int64_t missing = outstanding(view);
    if (!missing)
        return true;
    if (!fill(view, NULL, &tally))
        return false;
    if (tally.method == TALLY_APPROVAL)
        return approval_certain(view, &tally, missing);
    return tally_settled(view->arena, &tally, missing);
}

static void take_result(const struct decide_view *view, const struct tally *tally,
                        const struct tally_result *counted, struct decide_result *result)
{
    static const enum decide_outcome outcomes[] = {
        [TALLY_ADOPTED] = OUTCOME_ADOPTED,
        [TALLY_REJECTED] = OUTCOME_REJECTED,
        [TALLY_TIED] = OUTCOME_TIED,
        [TALLY_NO_QUORUM] = OUTCOME_NO_QUORUM,
    };
    result->outcome = outcomes[counted->outcome];
    if (!tally->cast && (result->outcome == OUTCOME_ADOPTED || result->outcome == OUTCOME_TIED)) {
        /* rule h: nobody answering is never adoption, and no lot may change that */
        result->outcome = OUTCOME_REJECTED;
        result->reason = "nobody_voted";
        return;
    }
    if (tally->method == TALLY_MAJORITY)
        return; /* yes and no are no options of the decision */
    const char **winners = arena_array(view->arena, counted->winners.count, sizeof *winners);
    for (size_t i = 0; i < counted->winners.count; i++)
        winners[i] = tally->options[counted->winners.items[i]];
    result->winners = winners;
    result->winner_count = counted->winners.count;
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    struct tally tally;
    struct tally_result counted;
    struct buf text;
    const struct framework_rule *rule = &view->framework->rule;
    const struct proxy_link *links = NULL;
    if (rule->proxy.allowed && !rule->secret)
        links = view_proxies(view, NULL);
    if (!fill(view, links, &tally)) {
        /* only of a draft whose options were never checked */
        result->outcome = OUTCOME_REJECTED;
        result->reason = "not_countable";
        return;
    }
    tally_count(view->arena, &tally, &counted);
    take_result(view, &tally, &counted, result);
    buf_init(&text, view->arena, w->buf->max);
    tally_write(&tally, &counted, &text);
    jw_key(w, "tally");
    jw_raw(w, buf_cstr(&text), text.len);
    if (links) {
        proxies_write(view, links, w);
        proxies_keep(view, links, result);
    }
}

bool vote_write(const struct decide_view *view, struct json_writer *w)
{
    struct tally tally;
    struct tally_result counted;
    struct buf text;
    if (!fill(view, NULL, &tally))
        return false;
    tally_count(view->arena, &tally, &counted);
    buf_init(&text, view->arena, w->buf->max);
    tally_write(&tally, &counted, &text);
    jw_raw(w, buf_cstr(&text), text.len);
    return true;
}

const struct decide_family family_vote = {.certain = certain, .count = count};
