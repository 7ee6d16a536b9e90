/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_rounds.h"

#include <stdio.h>
#include <string.h>

/* The order of one ballot. A rank with several options ends it (`exhaust`) or is passed over
 * (`skip`), whoever of them is still in the count: the mark itself is void. */
static void order_paper(const struct tally *tally, const uint8_t *marks, uint8_t *order)
{
    size_t n = tally->option_count, place = 0;
    uint8_t at[TALLY_OPTIONS_MAX + 1], sizes[TALLY_OPTIONS_MAX + 1] = {0};
    for (size_t x = 0; x < n; x++) {
        sizes[marks[x]]++;
        at[marks[x]] = (uint8_t)x;
    }
    for (size_t rank = 1; rank <= n && sizes[rank]; rank++) {
        if (sizes[rank] == 1)
            order[place++] = at[rank];
        else if (tally->config.equal_ranks == TALLY_EQUAL_EXHAUST)
            break;
    }
    if (place < n)
        order[place] = PAPER_NONE;
}

struct rounds *tally_rounds(struct arena *arena, const struct tally *tally, wide scale,
                            struct tally_result *result)
{
    size_t n = tally->option_count, ballots = tally->ballot_count;
    struct rounds *rounds = result->report = arena_alloc(arena, sizeof *rounds);
    *rounds = (struct rounds){
        .arena = arena,
        .tally = tally,
        .scale = scale,
        .total = scale * (tally->cast - tally->blank),
        /* Each round elects, transfers the surplus of one elected, or eliminates. */
        .items = arena_array(arena, 2 * n + 1, sizeof *rounds->items),
        .standing = arena_array(arena, n, sizeof *rounds->standing),
        .continuing = n,
        .left = (size_t)tally->seats,
        .tallies = arena_array(arena, n, sizeof *rounds->tallies),
        .order = arena_array(arena, ballots, n),
        .place = arena_array(arena, ballots, 1),
    };
    for (size_t b = 0; b < ballots; b++) {
        order_paper(tally, tally->marks + b * n, rounds->order + b * n);
        uint8_t first = rounds->order[b * n];
        if (first == PAPER_NONE)
            continue;
        rounds->tallies[first] += scale * tally->weights[b];
        rounds->usable += scale * tally->weights[b];
    }
    return rounds;
}

uint8_t tally_holder(const struct rounds *rounds, size_t b)
{
    size_t n = rounds->tally->option_count;
    return rounds->place[b] < n ? rounds->order[b * n + rounds->place[b]] : PAPER_NONE;
}

uint8_t tally_move(struct rounds *rounds, size_t b)
{
    uint8_t option;
    do {
        rounds->place[b]++;
        option = tally_holder(rounds, b);
    } while (option != PAPER_NONE && rounds->standing[option] != STANDING_CONTINUING);
    return option;
}

struct tally_round *tally_round_begin(struct rounds *rounds)
{
    size_t n = rounds->tally->option_count;
    struct tally_round *round = &rounds->items[rounds->count++];
    *round = (struct tally_round){
        .tallies = arena_array(rounds->arena, n, sizeof *round->tallies),
        .received = arena_array(rounds->arena, n, sizeof *round->received),
        .exhausted = rounds->total,
        .elected = tally_set_new(rounds->arena, rounds->tally),
        .eliminated = tally_set_new(rounds->arena, rounds->tally),
    };
    for (size_t x = 0; x < n; x++) {
        bool out = rounds->standing[x] == STANDING_ELIMINATED;
        round->tallies[x] = out ? -1 : rounds->tallies[x];
        round->exhausted -= out ? 0 : rounds->tallies[x];
    }
    return round;
}

void tally_elect(struct rounds *rounds, size_t option)
{
    rounds->standing[option] = STANDING_ELECTED;
    rounds->continuing--;
    rounds->left--;
    tally_set_add(&rounds->items[rounds->count - 1].elected, option);
}

void tally_narrow(const struct rounds *rounds, struct tally_set *tied, bool highest)
{
    for (size_t r = rounds->count; r-- && tied->count > 1;) {
        const wide *tallies = rounds->items[r].tallies;
        wide best = tallies[tied->items[0]];
        for (size_t i = 1; i < tied->count; i++) {
            wide other = tallies[tied->items[i]];
            if (highest ? other > best : other < best)
                best = other;
        }
        size_t kept = 0;
        for (size_t i = 0; i < tied->count; i++)
            if (tallies[tied->items[i]] == best)
                tied->items[kept++] = tied->items[i];
        tied->count = kept;
    }
}

/* Whether the options with the lowest number could not reach the next higher one even together, so
 * that no transfer among them could save one; and enough others are left for the seats. */
static bool hopeless(const struct rounds *rounds, wide lowest, size_t dropping)
{
    wide together = 0, next = -1;
    for (size_t x = 0; x < rounds->tally->option_count; x++) {
        if (rounds->standing[x] != STANDING_CONTINUING)
            continue;
        if (rounds->tallies[x] == lowest)
            together += lowest;
        else if (next < 0 || rounds->tallies[x] < next)
            next = rounds->tallies[x];
    }
    return next >= 0 && together < next && rounds->continuing - dropping >= rounds->left;
}

void tally_rounds_tied(struct rounds *rounds, struct tally_result *result,
                       const struct tally_set *tied)
{
    result->outcome = TALLY_TIED;
    tally_tie_add(rounds->arena, rounds->tally, result, *tied, (int64_t)rounds->left, NULL);
}

/* Breaks a tie for elimination that the earlier rounds have left. Returns the rule or NULL. */
static const char *part(struct rounds *rounds, wide lowest, struct tally_set *tied)
{
    const struct tally_config *config = &rounds->tally->config;
    if (hopeless(rounds, lowest, tied->count))
        return "joint_elimination";
    if (config->tie_break == TALLY_TIE_LOT) {
        tally_lot(rounds->tally, tied->items, tied->count);
        tied->items[0] = tied->items[tied->count - 1];
        tied->count = 1;
        return "lot";
    }
    if (config->tie_break == TALLY_TIE_CASTING_VOTE && rounds->left == 1 &&
        tied->count == rounds->continuing && tally_set_has(tied, config->casting_vote)) {
        size_t kept = 0;
        for (size_t i = 0; i < tied->count; i++)
            if (tied->items[i] != config->casting_vote)
                tied->items[kept++] = tied->items[i];
        tied->count = kept;
        return "casting_vote";
    }
    return NULL;
}

static struct tally_set copy_set(struct rounds *rounds, const struct tally_set *set)
{
    struct tally_set copy = tally_set_new(rounds->arena, rounds->tally);
    copy.count = set->count;
    memcpy(copy.items, set->items, set->count * sizeof *set->items);
    return copy;
}

bool tally_lowest(struct rounds *rounds, struct tally_result *result, struct tally_set *dropped)
{
    wide lowest = -1;
    *dropped = tally_set_new(rounds->arena, rounds->tally);
    for (size_t x = 0; x < rounds->tally->option_count; x++) {
        if (rounds->standing[x] != STANDING_CONTINUING)
            continue;
        if (lowest < 0 || rounds->tallies[x] < lowest) {
            lowest = rounds->tallies[x];
            dropped->count = 0;
        }
        if (rounds->tallies[x] == lowest)
            tally_set_add(dropped, x);
    }
    if (dropped->count == 1)
        return true;
    struct tally_set equal = copy_set(rounds, dropped);
    const char *broken_by = "earlier_rounds";
    tally_narrow(rounds, dropped, false);
    if (dropped->count > 1) {
        equal = copy_set(rounds, dropped);
        broken_by = part(rounds, lowest, dropped);
    }
    if (!broken_by) {
        tally_rounds_tied(rounds, result, &equal);
        for (size_t i = 0; equal.count == rounds->continuing && i < equal.count; i++)
            tally_set_add(&result->winners, equal.items[i]); /* nobody else is left */
        return false;
    }
    tally_tie_add(rounds->arena, rounds->tally, result, equal, (int64_t)rounds->left, broken_by);
    return true;
}

struct last_order {
    const struct rounds *rounds;
    size_t *elected, *eliminated; /* by option: the round + 1, or 0 */
};

static int by_fate(const void *context, size_t a, size_t b)
{
    const struct last_order *order = context;
    const struct rounds *rounds = order->rounds;
    bool in_a = rounds->standing[a] == STANDING_ELECTED;
    bool in_b = rounds->standing[b] == STANDING_ELECTED;
    if (in_a != in_b)
        return in_a ? 1 : -1;
    if (order->elected[a] != order->elected[b])
        return order->elected[a] < order->elected[b] ? 1 : -1;
    bool out_a = rounds->standing[a] == STANDING_ELIMINATED;
    bool out_b = rounds->standing[b] == STANDING_ELIMINATED;
    if (out_a != out_b)
        return out_b ? 1 : -1;
    if (order->eliminated[a] != order->eliminated[b])
        return order->eliminated[a] > order->eliminated[b] ? 1 : -1;
    if (out_a) /* dropped together */
        return 0;
    size_t round = (in_a ? order->elected[a] : rounds->count) - 1;
    wide x = rounds->items[round].tallies[a], y = rounds->items[round].tallies[b];
    return (x > y) - (x < y);
}

void tally_rounds_finish(struct rounds *rounds, struct tally_result *result)
{
    size_t n = rounds->tally->option_count;
    struct last_order order = {
        .rounds = rounds,
        .elected = arena_array(rounds->arena, n, sizeof(size_t)),
        .eliminated = arena_array(rounds->arena, n, sizeof(size_t)),
    };
    for (size_t r = 0; r < rounds->count; r++) {
        const struct tally_round *round = &rounds->items[r];
        for (size_t i = 0; i < round->elected.count; i++)
            order.elected[round->elected.items[i]] = r + 1;
        for (size_t i = 0; i < round->eliminated.count; i++)
            order.eliminated[round->eliminated.items[i]] = r + 1;
    }
    tally_rank_by(rounds->arena, rounds->tally, by_fate, &order, result);
    for (size_t x = 0; x < n; x++)
        if (rounds->standing[x] == STANDING_ELECTED)
            tally_set_add(&result->winners, x);
    if (result->outcome != TALLY_TIED)
        result->outcome = TALLY_ADOPTED;
}

static void write_votes(const struct rounds *rounds, struct json_writer *w, wide votes)
{
    if (rounds->scale == 1) {
        jw_int(w, (int64_t)votes);
        return;
    }
    char text[48];
    (void)snprintf(text, sizeof text, "%lld.%05lld", (long long)(votes / rounds->scale),
                   (long long)(votes % rounds->scale));
    jw_text(w, text);
}

static void write_by_option(const struct rounds *rounds, struct json_writer *w, const char *key,
                            const wide *votes, wide above)
{
    jw_key(w, key);
    jw_map(w);
    for (size_t x = 0; x < rounds->tally->option_count; x++) {
        if (votes[x] <= above)
            continue;
        jw_key(w, rounds->tally->options[x]);
        write_votes(rounds, w, votes[x]);
    }
    jw_map_end(w);
}

void tally_rounds_report(const struct tally *tally, const struct tally_result *result,
                         struct json_writer *w)
{
    const struct rounds *rounds = result->report;
    jw_key_int(w, "quota", rounds->quota);
    jw_key(w, "rounds");
    jw_list(w);
    for (size_t r = 0; r < rounds->count; r++) {
        const struct tally_round *round = &rounds->items[r];
        jw_map(w);
        write_by_option(rounds, w, "tallies", round->tallies, -1);
        jw_key(w, "elected");
        tally_write_set(tally, w, &round->elected);
        jw_key(w, "eliminated");
        tally_write_set(tally, w, &round->eliminated);
        write_by_option(rounds, w, "transfers", round->received, 0);
        jw_key(w, "exhausted");
        write_votes(rounds, w, round->exhausted);
        jw_map_end(w);
    }
    jw_list_end(w);
}
