/* SPDX-License-Identifier: Apache-2.0 */
/* Score then automatic runoff: FRAMEWORKS.md section 3.7. */
#include "tally_condorcet.h"

#include <string.h>

#define STARS 5

struct star {
    int64_t *totals;
    int64_t *fives; /* weight of the ballots that give five stars */
    int64_t *wins;  /* wins[x * n + y]: weight that rates x above y */
    bool decided;   /* the finalists are two known options, in option order */
    size_t finalists[2];
};

static void count_stars(const struct tally *tally, struct star *star)
{
    size_t n = tally->option_count;
    uint8_t marks[TALLY_OPTIONS_MAX]; /* five stars are rank 1, none or unrated is rank 6 */
    for (size_t b = 0; b < tally->ballot_count; b++) {
        int64_t weight = tally->weights[b];
        for (size_t x = 0; x < n; x++) {
            int32_t value = tally->values[b * n + x];
            int32_t stars = value == TALLY_UNRATED ? 0 : value;
            marks[x] = (uint8_t)(STARS + 1 - stars);
            star->totals[x] += weight * stars;
            star->fives[x] += stars == STARS ? weight : 0;
        }
        tally_add_pairs(marks, n, STARS + 1, false, weight, star->wins);
    }
}

/* How many of the set each of them beats. */
static void head_to_head(const struct star *star, size_t n, const struct tally_set *set,
                         int64_t *beaten)
{
    for (size_t i = 0; i < set->count; i++) {
        size_t x = set->items[i];
        beaten[x] = 0;
        for (size_t j = 0; j < set->count; j++) {
            size_t y = set->items[j];
            beaten[x] += star->wins[x * n + y] > star->wins[y * n + x];
        }
    }
}

/* Takes from `open` to `sure` those that `key` puts among the best `*places`, and leaves in `open`
 * those equal at the cut for the places left. */
static void take_best(struct tally_set *sure, struct tally_set *open, const int64_t *key,
                      size_t *places)
{
    struct tally_set equal = {open->items, 0};
    size_t count = open->count;
    int64_t cut = 0;
    for (size_t i = 0; i < count; i++) { /* the key of the last place */
        size_t above = 0, same = 0;
        for (size_t j = 0; j < count; j++) {
            above += key[open->items[j]] > key[open->items[i]];
            same += key[open->items[j]] == key[open->items[i]];
        }
        if (above < *places && above + same >= *places)
            cut = key[open->items[i]];
    }
    for (size_t i = 0; i < count; i++) {
        size_t option = open->items[i];
        if (key[option] > cut) {
            tally_set_add(sure, option);
            (*places)--;
        } else if (key[option] == cut) {
            equal.items[equal.count++] = option;
        }
    }
    *open = equal;
    if (open->count == *places) {
        for (size_t i = 0; i < open->count; i++)
            tally_set_add(sure, open->items[i]);
        open->count = *places = 0;
    }
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* The runoff: above 0, x wins. `*rule` is what parted them, NULL for votes. */
static int runoff(const struct star *star, size_t n, size_t x, size_t y, const char **rule)
{
    int result = compare(star->wins[x * n + y], star->wins[y * n + x]);
    *rule = NULL;
    if (!result) {
        *rule = "total";
        result = compare(star->totals[x], star->totals[y]);
    }
    if (!result) {
        *rule = "five_stars";
        result = compare(star->fives[x], star->fives[y]);
    }
    return result;
}

/* Who wins in some way to fill the runoff from the sure and `places` of the open ones. */
static void every_runoff(const struct star *star, size_t n, const struct tally_set *sure,
                         const struct tally_set *open, bool *wins)
{
    const struct tally_set *first = sure->count ? sure : open;
    const char *rule;
    for (size_t i = 0; i < first->count; i++)
        for (size_t j = 0; j < open->count; j++) {
            size_t x = first->items[i], y = open->items[j];
            int result = x == y ? 0 : runoff(star, n, x, y, &rule);
            if (x == y)
                continue;
            wins[x] = wins[x] || result >= 0;
            wins[y] = wins[y] || result <= 0;
        }
}

/* Fills the two places of the runoff; `open` are those that stay equal for the places left. */
static void scoring_round(struct arena *arena, const struct tally *tally, struct star *star,
                          struct tally_set *sure, struct tally_set *open,
                          struct tally_result *result)
{
    size_t n = tally->option_count, places = 2;
    int64_t *beaten = arena_array(arena, n, sizeof *beaten);
    *sure = tally_set_new(arena, tally);
    *open = tally_set_new(arena, tally);
    for (size_t x = 0; x < n; x++)
        tally_set_add(open, x);
    take_best(sure, open, star->totals, &places);
    if (!places)
        return;
    struct tally_set tied = tally_set_new(arena, tally);
    tied.count = open->count;
    memcpy(tied.items, open->items, open->count * sizeof *open->items);
    int64_t wanted = (int64_t)places;
    const char *rule = "head_to_head";
    head_to_head(star, n, open, beaten);
    take_best(sure, open, beaten, &places);
    if (places) {
        rule = "five_stars";
        take_best(sure, open, star->fives, &places);
    }
    tally_tie_add(arena, tally, result, tied, wanted, places ? "every_runoff" : rule);
}

/* The winners first, then the other finalist, then by totals. */
struct star_order {
    const struct star *star;
    const bool *wins;
};

static int by_stars(const void *context, size_t a, size_t b)
{
    const struct star_order *order = context;
    const struct star *star = order->star;
    if (order->wins[a] || order->wins[b])
        return order->wins[a] - order->wins[b];
    if (star->decided) {
        bool final_a = a == star->finalists[0] || a == star->finalists[1];
        bool final_b = b == star->finalists[0] || b == star->finalists[1];
        if (final_a || final_b)
            return final_a - final_b;
    }
    return compare(star->totals[a], star->totals[b]);
}

void tally_star_count(struct arena *arena, const struct tally *tally, struct tally_result *result)
{
    size_t n = tally->option_count;
    struct star *star = result->report = arena_alloc(arena, sizeof *star);
    star->totals = arena_array(arena, n, sizeof *star->totals);
    star->fives = arena_array(arena, n, sizeof *star->fives);
    star->wins = arena_array(arena, n * n, sizeof *star->wins);
    bool *wins = arena_array(arena, n, sizeof *wins);
    count_stars(tally, star);
    struct tally_set sure, open;
    if (n == 1) {
        wins[0] = true;
    } else {
        scoring_round(arena, tally, star, &sure, &open, result);
        star->decided = sure.count == 2;
        if (star->decided) {
            const char *rule;
            size_t x = star->finalists[0] = sure.items[0], y = star->finalists[1] = sure.items[1];
            int ahead = runoff(star, n, x, y, &rule);
            wins[x] = ahead >= 0;
            wins[y] = ahead <= 0;
            if (rule && ahead)
                tally_tie_add(arena, tally, result, sure, 1, rule);
        } else {
            every_runoff(star, n, &sure, &open, wins);
        }
    }
    struct star_order order = {star, wins};
    tally_rank_by(arena, tally, by_stars, &order, result);
    tally_seat(arena, tally, result, 1);
}

void tally_star_report(const struct tally *tally, const struct tally_result *result,
                       struct json_writer *w)
{
    const struct star *star = result->report;
    size_t n = tally->option_count;
    tally_write_totals(tally, w, "scores", star->totals);
    tally_write_totals(tally, w, "five_stars", star->fives);
    tally_write_matrix(tally, w, "pairwise", star->wins);
    jw_key(w, "runoff");
    if (!star->decided) {
        jw_null(w);
        return;
    }
    jw_map(w);
    for (size_t i = 0; i < 2; i++)
        jw_key_int(w, tally->options[star->finalists[i]],
                   star->wins[star->finalists[i] * n + star->finalists[1 - i]]);
    jw_map_end(w);
}
