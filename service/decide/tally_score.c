/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that add up what each ballot gives each option: FRAMEWORKS.md sections 3.7 and 3.8. */
#include "tally_method.h"

struct scores {
    int64_t *totals;
};

static struct scores *scores_new(struct arena *arena, const struct tally *tally,
                                 struct tally_result *result)
{
    struct scores *scores = arena_alloc(arena, sizeof *scores);
    scores->totals = arena_array(arena, tally->option_count, sizeof *scores->totals);
    result->report = scores;
    return scores;
}

void tally_approval_count(struct arena *arena, const struct tally *tally,
                          struct tally_result *result)
{
    size_t n = tally->option_count, eligible = 0;
    int64_t *totals = scores_new(arena, tally, result)->totals;
    for (size_t b = 0; b < tally->ballot_count; b++)
        for (size_t i = 0; i < n; i++)
            if (tally->marks[b * n + i])
                totals[i] += tally->weights[b];
    tally_rank_totals(arena, tally, totals, result);
    int64_t voting = tally->cast - tally->blank;
    for (; eligible < result->ranking_count; eligible++)
        if (tally->config.has_floor && !tally_reaches(totals[result->ranking[eligible].items[0]],
                                                      voting, tally->config.floor, true))
            break;
    tally_seat(arena, tally, result, eligible);
}

void tally_scores_report(const struct tally *tally, const struct tally_result *result,
                         struct json_writer *w)
{
    const struct scores *scores = result->report;
    tally_write_totals(tally, w, "scores", scores->totals);
}
