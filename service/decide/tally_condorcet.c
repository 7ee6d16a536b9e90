/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that compare the options in pairs: FRAMEWORKS.md section 3.10. */
#include "tally_condorcet.h"

#include <string.h>

/* The options of a ballot by rank, those unranked last; the last rank is `ranks`. `ends[i]` is
 * where the group of place i ends. Returns how many are ranked. */
static size_t order_ballot(const uint8_t *marks, size_t n, size_t ranks, uint8_t *order,
                           uint8_t *ends)
{
    uint8_t starts[TALLY_OPTIONS_MAX + 2] = {0};
    for (size_t x = 0; x < n; x++)
        starts[marks[x] ? marks[x] : ranks + 1]++;
    size_t place = 0;
    for (size_t rank = 1; rank <= ranks + 1; rank++) {
        size_t size = starts[rank];
        starts[rank] = (uint8_t)place;
        memset(ends + place, (int)(place + size), size);
        place += size;
    }
    size_t ranked = starts[ranks + 1];
    for (size_t x = 0; x < n; x++)
        order[starts[marks[x] ? marks[x] : ranks + 1]++] = (uint8_t)x;
    return ranked;
}

void tally_add_pairs(const uint8_t *marks, size_t n, size_t ranks, bool ignored, int64_t weight,
                     int64_t *wins)
{
    uint8_t order[TALLY_OPTIONS_MAX] = {0}, ends[TALLY_OPTIONS_MAX] = {0};
    size_t ranked = order_ballot(marks, n, ranks, order, ends);
    size_t last = ignored ? ranked : n;
    for (size_t i = 0; i < ranked; i++) {
        int64_t *row = wins + order[i] * n;
        for (size_t j = ends[i]; j < last; j++)
            row[order[j]] += weight;
    }
}

static int64_t *count_pairs(struct arena *arena, const struct tally *tally)
{
    size_t n = tally->option_count;
    int64_t *wins = arena_array(arena, n * n, sizeof *wins);
    bool ignored = tally->config.unranked == TALLY_UNRANKED_IGNORED;
    for (size_t b = 0; b < tally->ballot_count; b++)
        tally_add_pairs(tally->marks + b * n, n, n, ignored, tally->weights[b], wins);
    return wins;
}

bool *tally_reach(struct arena *arena, const struct tally *tally, const int64_t *wins)
{
    size_t n = tally->option_count;
    bool *reach = arena_array(arena, n * n, sizeof *reach);
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < n; y++)
            reach[x * n + y] = wins[x * n + y] >= wins[y * n + x];
    for (size_t k = 0; k < n; k++)
        for (size_t x = 0; x < n; x++)
            if (reach[x * n + k])
                for (size_t y = 0; y < n; y++)
                    reach[x * n + y] |= reach[k * n + y];
    return reach;
}

/* The smallest set that is not empty and in which each beats everyone outside: those from whom
 * everyone can be reached by steps "beats or ties". */
static struct tally_set smith_set(struct arena *arena, const struct tally *tally,
                                  const int64_t *wins)
{
    size_t n = tally->option_count;
    const bool *reach = tally_reach(arena, tally, wins);
    struct tally_set smith = tally_set_new(arena, tally);
    for (size_t x = 0; x < n; x++)
        if (!memchr(reach + x * n, 0, n))
            tally_set_add(&smith, x);
    return smith;
}

static size_t condorcet_winner(const struct tally *tally, const int64_t *wins)
{
    size_t n = tally->option_count;
    for (size_t x = 0; x < n; x++) {
        bool all = true;
        for (size_t y = 0; y < n && all; y++)
            all = y == x || wins[x * n + y] > wins[y * n + x];
        if (all)
            return x;
    }
    return TALLY_NO_OPTION;
}

struct pairs *tally_pairs(struct arena *arena, const struct tally *tally,
                          struct tally_result *result)
{
    struct pairs *pairs = arena_alloc(arena, sizeof *pairs);
    pairs->wins = count_pairs(arena, tally);
    pairs->smith = smith_set(arena, tally, pairs->wins);
    pairs->winner = condorcet_winner(tally, pairs->wins);
    result->report = pairs;
    return pairs;
}

int64_t tally_strength(const struct tally *tally, const int64_t *wins, size_t x, size_t y)
{
    size_t n = tally->option_count;
    int64_t pro = wins[x * n + y], contra = wins[y * n + x];
    if (pro <= contra)
        return 0;
    return tally->config.strength == TALLY_MARGINS ? pro - contra : pro;
}

void tally_condorcet_seat(struct arena *arena, const struct tally *tally, const int64_t *wins,
                          struct tally_result *result)
{
    size_t n = tally->option_count, status_quo = tally->config.status_quo;
    struct tally_quo quo = {arena_array(arena, n, sizeof *quo.pro),
                            arena_array(arena, n, sizeof *quo.contra)};
    tally_seat(arena, tally, result, result->ranking_count);
    if (status_quo == TALLY_NO_OPTION)
        return;
    for (size_t x = 0; x < n; x++) {
        quo.pro[x] = wins[x * n + status_quo];
        quo.contra[x] = wins[status_quo * n + x];
    }
    tally_quo_apply(arena, tally, &quo, result);
}

/* M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
 * single-winner election method", 2011: widest paths by Floyd and Warshall. */
void tally_schulze_count(struct arena *arena, const struct tally *tally,
                         struct tally_result *result)
{
    size_t n = tally->option_count;
    struct pairs *pairs = tally_pairs(arena, tally, result);
    int64_t *paths = pairs->paths = arena_array(arena, n * n, sizeof *paths);
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < n; y++)
            paths[x * n + y] = x == y ? 0 : tally_strength(tally, pairs->wins, x, y);
    for (size_t k = 0; k < n; k++)
        for (size_t x = 0; x < n; x++)
            for (size_t y = 0; y < n; y++) {
                int64_t first = paths[x * n + k], second = paths[k * n + y];
                int64_t weakest = first < second ? first : second;
                if (x != y && weakest > paths[x * n + y])
                    paths[x * n + y] = weakest;
            }
    bool *above = arena_array(arena, n * n, sizeof *above);
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < n; y++)
            above[x * n + y] = paths[x * n + y] > paths[y * n + x];
    tally_rank_relation(arena, tally, above, NULL, result);
    tally_condorcet_seat(arena, tally, pairs->wins, result);
}

void tally_copeland_count(struct arena *arena, const struct tally *tally,
                          struct tally_result *result)
{
    size_t n = tally->option_count;
    struct pairs *pairs = tally_pairs(arena, tally, result);
    pairs->scores = arena_array(arena, n, sizeof *pairs->scores);
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < n; y++) {
            int64_t pro = pairs->wins[x * n + y], contra = pairs->wins[y * n + x];
            if (x != y)
                pairs->scores[x] += pro > contra ? 2 : pro == contra;
        }
    tally_rank_totals(arena, tally, pairs->scores, result);
    tally_condorcet_seat(arena, tally, pairs->wins, result);
}

/* How badly y beats x, in the sense of the configured strength. */
static int64_t defeat(const struct tally *tally, const int64_t *wins, size_t x, size_t y)
{
    size_t n = tally->option_count;
    switch (tally->config.strength) {
    case TALLY_MARGINS:
        return wins[y * n + x] - wins[x * n + y];
    case TALLY_OPPOSITION:
        return wins[y * n + x];
    case TALLY_WINNING_VOTES:
        break;
    }
    return tally_strength(tally, wins, y, x);
}

static int by_defeat(const void *context, size_t a, size_t b)
{
    const int64_t *worst = context;
    return (worst[a] < worst[b]) - (worst[a] > worst[b]);
}

void tally_minimax_count(struct arena *arena, const struct tally *tally,
                         struct tally_result *result)
{
    size_t n = tally->option_count;
    struct pairs *pairs = tally_pairs(arena, tally, result);
    int64_t *worst = pairs->scores = arena_array(arena, n, sizeof *worst);
    for (size_t x = 0; x < n; x++) {
        bool first = true;
        for (size_t y = 0; y < n; y++) {
            int64_t by = defeat(tally, pairs->wins, x, y);
            if (x == y || (!first && by <= worst[x]))
                continue;
            worst[x] = by;
            first = false;
        }
    }
    tally_rank_by(arena, tally, by_defeat, worst, result);
    tally_condorcet_seat(arena, tally, pairs->wins, result);
}

static void write_pairs(const struct tally *tally, struct json_writer *w, const char *key,
                        uint8_t (*pairs)[2], size_t count)
{
    jw_key(w, key);
    jw_list(w);
    for (size_t i = 0; i < count; i++) {
        jw_list(w);
        jw_text(w, tally->options[pairs[i][0]]);
        jw_text(w, tally->options[pairs[i][1]]);
        jw_list_end(w);
    }
    jw_list_end(w);
}

void tally_condorcet_report(const struct tally *tally, const struct tally_result *result,
                            struct json_writer *w)
{
    const struct pairs *pairs = result->report;
    tally_write_matrix(tally, w, "pairwise", pairs->wins);
    if (pairs->paths)
        tally_write_matrix(tally, w, "paths", pairs->paths);
    if (pairs->scores)
        tally_write_totals(tally, w, "scores", pairs->scores);
    if (pairs->locked) {
        write_pairs(tally, w, "locked", pairs->locked, pairs->locked_count);
        write_pairs(tally, w, "conflicts", pairs->conflicts, pairs->conflict_count);
    }
    jw_key(w, "smith_set");
    tally_write_set(tally, w, &pairs->smith);
    jw_key_text(w, "condorcet_winner",
                pairs->winner == TALLY_NO_OPTION ? NULL : tally->options[pairs->winner]);
}
