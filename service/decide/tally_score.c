/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that add up what each ballot gives each option: FRAMEWORKS.md sections 3.7 and 3.8. */
#include "tally_method.h"

struct scores {
    int64_t *totals;  /* of Borda twice the points, so that halves stay integral */
    int64_t *ratings; /* score: the weight of the ballots that rate the option */
};

static struct scores *scores_new(struct arena *arena, const struct tally *tally,
                                 struct tally_result *result)
{
    struct scores *scores = arena_alloc(arena, sizeof *scores);
    scores->totals = arena_array(arena, tally->option_count, sizeof *scores->totals);
    scores->ratings = arena_array(arena, tally->option_count, sizeof *scores->ratings);
    result->report = scores;
    return scores;
}

static void seat_by_totals(struct arena *arena, const struct tally *tally, const int64_t *totals,
                           struct tally_result *result)
{
    tally_rank_totals(arena, tally, totals, result);
    tally_seat(arena, tally, result, result->ranking_count);
}

void tally_plurality_count(struct arena *arena, const struct tally *tally,
                           struct tally_result *result)
{
    int64_t *totals = scores_new(arena, tally, result)->totals;
    for (size_t b = 0; b < tally->ballot_count; b++)
        if (tally->marks[b])
            totals[tally->marks[b] - 1] += tally->weights[b];
    seat_by_totals(arena, tally, totals, result);
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

static void add_values(const struct tally *tally, struct scores *scores)
{
    size_t n = tally->option_count;
    for (size_t b = 0; b < tally->ballot_count; b++)
        for (size_t i = 0; i < n; i++) {
            int32_t value = tally->values[b * n + i];
            if (value == TALLY_UNRATED)
                continue;
            scores->totals[i] += tally->weights[b] * value;
            scores->ratings[i] += tally->weights[b];
        }
}

void tally_points_count(struct arena *arena, const struct tally *tally, struct tally_result *result)
{
    struct scores *scores = scores_new(arena, tally, result);
    add_values(tally, scores);
    seat_by_totals(arena, tally, scores->totals, result);
}

struct score_order {
    const struct tally *tally;
    const struct scores *scores;
};

static bool rated_enough(const struct score_order *order, size_t option)
{
    return order->scores->ratings[option] >= order->tally->config.min_ratings;
}

/* Those with enough ratings first; by total or by mean; an option without a rating has the lowest
 * mean. */
static int by_score(const void *context, size_t a, size_t b)
{
    const struct score_order *order = context;
    const struct scores *scores = order->scores;
    int enough = rated_enough(order, a) - rated_enough(order, b);
    if (enough)
        return enough;
    wide x = scores->totals[a], y = scores->totals[b];
    if (order->tally->config.unrated == TALLY_UNRATED_IGNORE) {
        if (!scores->ratings[a] || !scores->ratings[b])
            return (scores->ratings[a] > 0) - (scores->ratings[b] > 0);
        x *= scores->ratings[b];
        y *= scores->ratings[a];
    }
    return (x > y) - (x < y);
}

void tally_score_count(struct arena *arena, const struct tally *tally, struct tally_result *result)
{
    struct scores *scores = scores_new(arena, tally, result);
    struct score_order order = {tally, scores};
    size_t eligible = 0;
    add_values(tally, scores);
    tally_rank_by(arena, tally, by_score, &order, result);
    while (eligible < result->ranking_count &&
           rated_enough(&order, result->ranking[eligible].items[0]))
        eligible++;
    tally_seat(arena, tally, result, eligible);
}

void tally_score_report(const struct tally *tally, const struct tally_result *result,
                        struct json_writer *w)
{
    const struct scores *scores = result->report;
    if (tally->config.unrated == TALLY_UNRATED_ZERO) {
        tally_write_totals(tally, w, "scores", scores->totals);
        return;
    }
    jw_key(w, "scores");
    jw_map(w);
    for (size_t i = 0; i < tally->option_count; i++) {
        jw_key(w, tally->options[i]);
        jw_list(w);
        jw_int(w, scores->totals[i]);
        jw_int(w, scores->ratings[i]);
        jw_list_end(w);
    }
    jw_map_end(w);
}

/* Twice the points of one ballot. Options of one rank, and those without, share the places they
 * fill: `size` options from place `first` on get 2(n-1) - 2 first - (size-1) each. */
static void add_borda(const uint8_t *marks, size_t n, int64_t weight, int64_t *totals)
{
    int64_t doubled[TALLY_OPTIONS_MAX + 2];
    uint8_t sizes[TALLY_OPTIONS_MAX + 2] = {0};
    size_t place = 0;
    for (size_t i = 0; i < n; i++)
        sizes[marks[i] ? marks[i] : n + 1]++;
    for (size_t rank = 1; rank <= n + 1; rank++) {
        doubled[rank] = 2 * (int64_t)(n - place) - 1 - sizes[rank];
        place += sizes[rank];
    }
    for (size_t i = 0; i < n; i++)
        totals[i] += weight * doubled[marks[i] ? marks[i] : n + 1];
}

static bool all_unranked(const uint8_t *marks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (marks[i])
            return false;
    return true;
}

void tally_borda_count(struct arena *arena, const struct tally *tally, struct tally_result *result)
{
    size_t n = tally->option_count;
    int64_t *totals = scores_new(arena, tally, result)->totals;
    for (size_t b = 0; b < tally->ballot_count; b++)
        if (!all_unranked(tally->marks + b * n, n)) /* an abstention gives nothing */
            add_borda(tally->marks + b * n, n, tally->weights[b], totals);
    seat_by_totals(arena, tally, totals, result);
}

void tally_borda_report(const struct tally *tally, const struct tally_result *result,
                        struct json_writer *w)
{
    const struct scores *scores = result->report;
    jw_key(w, "scores");
    jw_map(w);
    for (size_t i = 0; i < tally->option_count; i++) {
        jw_key_int(w, tally->options[i], scores->totals[i] / 2);
        if (scores->totals[i] % 2)
            buf_text(w->buf, ".5");
    }
    jw_map_end(w);
}

void tally_scores_report(const struct tally *tally, const struct tally_result *result,
                         struct json_writer *w)
{
    const struct scores *scores = result->report;
    tally_write_totals(tally, w, "scores", scores->totals);
}
