/* SPDX-License-Identifier: Apache-2.0 */
/* Instant-runoff voting: FRAMEWORKS.md section 3.9. */
#include "tally_rounds.h"

/* The option with more than half of the votes that are with any, or the only one left. */
static size_t majority_of(const struct rounds *rounds, wide continuing)
{
    for (size_t x = 0; x < rounds->tally->option_count; x++)
        if (rounds->standing[x] == STANDING_CONTINUING &&
            (rounds->tallies[x] * 2 > continuing || rounds->continuing == 1))
            return x;
    return TALLY_NO_OPTION;
}

static void drop(struct rounds *rounds, struct tally_round *round, const struct tally_set *dropped)
{
    for (size_t i = 0; i < dropped->count; i++) {
        rounds->standing[dropped->items[i]] = STANDING_ELIMINATED;
        rounds->continuing--;
        tally_set_add(&round->eliminated, dropped->items[i]);
    }
    for (size_t b = 0; b < rounds->tally->ballot_count; b++) {
        uint8_t from = tally_holder(rounds, b);
        if (from == PAPER_NONE || rounds->standing[from] == STANDING_CONTINUING)
            continue;
        uint8_t to = tally_move(rounds, b);
        rounds->tallies[from] -= rounds->tally->weights[b];
        if (to == PAPER_NONE)
            continue;
        rounds->tallies[to] += rounds->tally->weights[b];
        round->received[to] += rounds->tally->weights[b];
    }
}

void tally_irv_count(struct arena *arena, const struct tally *tally, struct tally_result *result)
{
    struct rounds *rounds = tally_rounds(arena, tally, 1, result);
    result->winners = tally_set_new(arena, tally);
    for (;;) {
        struct tally_round *round = tally_round_begin(rounds);
        wide continuing = rounds->total - round->exhausted;
        rounds->quota = (int64_t)(continuing / 2 + 1);
        size_t winner = majority_of(rounds, continuing);
        if (winner != TALLY_NO_OPTION) {
            tally_elect(rounds, winner);
            break;
        }
        struct tally_set dropped;
        if (!tally_lowest(rounds, result, &dropped))
            break;
        drop(rounds, round, &dropped);
    }
    tally_rounds_finish(rounds, result);
}
