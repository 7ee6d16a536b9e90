/* SPDX-License-Identifier: Apache-2.0 */
/* Yes or no: FRAMEWORKS.md section 3.6. */
#include "tally_method.h"

enum { YES, NO };

void tally_majority_sums(const struct tally *tally, int64_t *yes, int64_t *no)
{
    int64_t sums[3] = {0}; /* by mark: abstain, yes, no */
    for (size_t b = 0; b < tally->ballot_count; b++)
        sums[tally->marks[b]] += tally->weights[b];
    *yes = sums[YES + 1];
    *no = sums[NO + 1];
}

/* What the share of yes is taken of, which share it has to be, and whether reaching it is enough.
 */
struct rule {
    int64_t base;
    struct tally_share share;
    bool inclusive;
};

static struct rule rule_of(const struct tally *tally, int64_t yes, int64_t no, int64_t abstain)
{
    const struct tally_config *config = &tally->config;
    struct rule rule = {.base = yes + no, .share = {1, 2}};
    if (config->absolute)
        rule.base = tally->electorate;
    if (!config->has_threshold)
        return rule;
    rule.share = config->threshold;
    rule.inclusive = config->inclusive;
    if (config->base == TALLY_BASE_CAST)
        rule.base = yes + no + abstain;
    if (config->base == TALLY_BASE_ELIGIBLE)
        rule.base = tally->electorate;
    return rule;
}

/* Yes and no are equal, and one vote more would carry yes: a casting vote decides. */
static bool decisive_tie(const struct rule *rule, int64_t yes, int64_t no)
{
    return yes == no && yes && !rule->inclusive &&
           tally_reaches(yes, rule->base, rule->share, true) &&
           !tally_reaches(yes, rule->base, rule->share, false);
}

static bool casting(const struct tally *tally)
{
    return tally->config.tie_break == TALLY_TIE_CASTING_VOTE;
}

enum tally_outcome tally_majority_outcome(const struct tally *tally, int64_t yes, int64_t no,
                                          int64_t abstain)
{
    struct rule rule = rule_of(tally, yes, no, abstain);
    if (!tally_quorum(tally, yes + no + abstain, abstain))
        return TALLY_NO_QUORUM;
    if (casting(tally) && decisive_tie(&rule, yes, no))
        return tally->config.casting_vote == YES ? TALLY_ADOPTED : TALLY_REJECTED;
    /* Without any yes nothing is adopted, whatever share of nothing that is. */
    return yes && tally_reaches(yes, rule.base, rule.share, rule.inclusive) ? TALLY_ADOPTED
                                                                            : TALLY_REJECTED;
}

void tally_majority_count(struct arena *arena, const struct tally *tally,
                          struct tally_result *result)
{
    int64_t yes, no;
    tally_majority_sums(tally, &yes, &no);
    struct rule rule = rule_of(tally, yes, no, tally->blank);
    result->outcome = tally_majority_outcome(tally, yes, no, tally->blank);
    result->winners = tally_set_new(arena, tally);
    bool cast = casting(tally) && decisive_tie(&rule, yes, no);
    if (yes == no && yes && (cast || result->outcome != TALLY_ADOPTED)) {
        struct tally_set both = tally_set_new(arena, tally);
        tally_set_add(&both, YES);
        tally_set_add(&both, NO);
        tally_tie_add(arena, tally, result, both, 1, cast ? "casting_vote" : "status_quo");
    }
    if (result->outcome == TALLY_ADOPTED)
        tally_set_add(&result->winners, YES);
}

void tally_majority_report(const struct tally *tally, const struct tally_result *result,
                           struct json_writer *w)
{
    (void)result;
    int64_t yes, no;
    tally_majority_sums(tally, &yes, &no);
    struct rule rule = rule_of(tally, yes, no, tally->blank);
    jw_key_int(w, "yes", yes);
    jw_key_int(w, "no", no);
    jw_key_int(w, "abstain", tally->blank);
    jw_key(w, "threshold");
    jw_list(w);
    jw_int(w, rule.share.numerator);
    jw_int(w, rule.share.denominator);
    jw_list_end(w);
    jw_key_bool(w, "inclusive", rule.inclusive);
    jw_key_int(w, "base", rule.base);
}
