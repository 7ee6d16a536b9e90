/* SPDX-License-Identifier: Apache-2.0 */
/* From an order of options to seats, ties and winners. */
#include "tally_method.h"

#include <string.h>

struct tally_set tally_set_new(struct arena *arena, const struct tally *tally)
{
    size_t *items = arena_array(arena, tally->option_count, sizeof *items);
    return (struct tally_set){.items = items};
}

void tally_set_add(struct tally_set *set, size_t option)
{
    size_t i = set->count++;
    for (; i && set->items[i - 1] > option; i--)
        set->items[i] = set->items[i - 1];
    set->items[i] = option;
}

bool tally_set_has(const struct tally_set *set, size_t option)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i] == option)
            return true;
    return false;
}

void tally_rank_add(struct arena *arena, const struct tally *tally, struct tally_result *result,
                    struct tally_set group)
{
    if (!result->ranking)
        result->ranking = arena_array(arena, tally->option_count, sizeof *result->ranking);
    result->ranking[result->ranking_count++] = group;
}

void tally_rank_by(struct arena *arena, const struct tally *tally,
                   int (*compare)(const void *context, size_t a, size_t b), const void *context,
                   struct tally_result *result)
{
    size_t n = tally->option_count;
    size_t *order = arena_array(arena, n, sizeof *order);
    for (size_t i = 0; i < n; i++) { /* by insertion: at most 200, and stable */
        size_t place = i;
        for (; place && compare(context, i, order[place - 1]) > 0; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
    for (size_t i = 0; i < n;) {
        struct tally_set group = tally_set_new(arena, tally);
        size_t first = order[i];
        for (; i < n && compare(context, order[i], first) == 0; i++)
            tally_set_add(&group, order[i]);
        tally_rank_add(arena, tally, result, group);
    }
}

static int by_total(const void *context, size_t a, size_t b)
{
    const int64_t *totals = context;
    return (totals[a] > totals[b]) - (totals[a] < totals[b]);
}

void tally_rank_totals(struct arena *arena, const struct tally *tally, const int64_t *totals,
                       struct tally_result *result)
{
    tally_rank_by(arena, tally, by_total, totals, result);
}

void tally_rank_relation(struct arena *arena, const struct tally *tally, const bool *above,
                         const struct tally_set *done, struct tally_result *result)
{
    size_t n = tally->option_count, left = n;
    bool *gone = arena_array(arena, n, sizeof *gone);
    for (size_t i = 0; done && i < done->count; i++, left--)
        gone[done->items[i]] = true;
    while (left) {
        struct tally_set group = tally_set_new(arena, tally);
        for (size_t x = 0; x < n; x++) {
            bool beaten = gone[x];
            for (size_t y = 0; y < n && !beaten; y++)
                beaten = !gone[y] && above[y * n + x];
            if (!beaten)
                tally_set_add(&group, x);
        }
        for (size_t i = 0; i < group.count; i++)
            gone[group.items[i]] = true;
        left -= group.count;
        tally_rank_add(arena, tally, result, group);
    }
}

void tally_tie_add(struct arena *arena, const struct tally *tally, struct tally_result *result,
                   struct tally_set options, int64_t seats, const char *broken_by)
{
    /* Every tie parts or drops options, so there are fewer than two for each option. */
    size_t most = 4 * tally->option_count;
    if (!result->ties)
        result->ties = arena_array(arena, most, sizeof *result->ties);
    if (result->tie_count < most)
        result->ties[result->tie_count++] = (struct tally_tie){options, seats, broken_by};
}

static uint64_t lot_key(const char *seed, const char *name)
{
    uint64_t x = 0xcbf29ce484222325;
    for (; *seed; seed++)
        x = (x ^ (unsigned char)*seed) * 0x100000001b3;
    x *= 0x100000001b3; /* the zero byte between them */
    for (; *name; name++)
        x = (x ^ (unsigned char)*name) * 0x100000001b3;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static bool luckier(const struct tally *tally, size_t a, size_t b)
{
    const char *seed = tally->config.seed;
    uint64_t x = lot_key(seed, tally->options[a]), y = lot_key(seed, tally->options[b]);
    return x != y ? x < y : strcmp(tally->options[a], tally->options[b]) < 0;
}

void tally_lot(const struct tally *tally, size_t *options, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        size_t option = options[i], place = i;
        for (; place && luckier(tally, option, options[place - 1]); place--)
            options[place] = options[place - 1];
        options[place] = option;
    }
}

/* Gives `seats` seats to some of the tied, which are more, by the configured rule. Returns the name
 * of the rule, or NULL if the tie stays. */
static const char *break_tie(struct arena *arena, const struct tally *tally,
                             const struct tally_set *tied, size_t seats, struct tally_set *chosen)
{
    const struct tally_config *config = &tally->config;
    if (config->tie_break == TALLY_TIE_LOT) {
        size_t *order = arena_array(arena, tied->count, sizeof *order);
        memcpy(order, tied->items, tied->count * sizeof *order);
        tally_lot(tally, order, tied->count);
        for (size_t i = 0; i < seats; i++)
            tally_set_add(chosen, order[i]);
        return "lot";
    }
    if (config->tie_break == TALLY_TIE_CASTING_VOTE && seats == 1 &&
        tally_set_has(tied, config->casting_vote)) {
        tally_set_add(chosen, config->casting_vote);
        return "casting_vote";
    }
    return NULL;
}

void tally_seat(struct arena *arena, const struct tally *tally, struct tally_result *result,
                size_t eligible)
{
    size_t left = (size_t)tally->seats;
    bool tied = false;
    result->winners = tally_set_new(arena, tally);
    for (size_t i = 0; i < result->ranking_count; i++) {
        struct tally_set group = result->ranking[i], chosen = group;
        const char *broken_by = NULL;
        size_t seats = i < eligible ? left : 0;
        if (seats > group.count)
            seats = group.count;
        if (seats && seats < group.count) {
            struct tally_set some = tally_set_new(arena, tally);
            broken_by = break_tie(arena, tally, &group, seats, &some);
            tied = !broken_by;
            if (broken_by)
                chosen = some;
        }
        if (group.count > 1)
            tally_tie_add(arena, tally, result, group, (int64_t)seats, broken_by);
        for (size_t k = 0; seats && k < chosen.count; k++)
            tally_set_add(&result->winners, chosen.items[k]);
        left -= seats;
    }
    result->outcome = tied ? TALLY_TIED : result->winners.count ? TALLY_ADOPTED : TALLY_REJECTED;
}
