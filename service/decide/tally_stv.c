/* SPDX-License-Identifier: Apache-2.0 */
/* Single transferable vote by the weighted inclusive Gregory method, as the Scottish Local
 * Government Elections Order 2007 (schedule 1, part III) counts it: FRAMEWORKS.md section 3.9. */
#include "tally_rounds.h"

#define SCALE 100000 /* five decimals */

struct stv {
    struct rounds *rounds;
    int32_t *values; /* of one paper of ballot b, in 1 / SCALE of a vote */
    bool *surplus;   /* by option: elected over the quota, not transferred yet */
    wide quota;
};

static void elect_reached(struct stv *stv)
{
    struct rounds *rounds = stv->rounds;
    for (size_t x = 0; x < rounds->tally->option_count; x++)
        if (rounds->standing[x] == STANDING_CONTINUING && rounds->tallies[x] >= stv->quota) {
            stv->surplus[x] = rounds->tallies[x] > stv->quota;
            tally_elect(rounds, x);
        }
}

static void elect_rest(struct stv *stv)
{
    struct rounds *rounds = stv->rounds;
    for (size_t x = 0; x < rounds->tally->option_count; x++)
        if (rounds->standing[x] == STANDING_CONTINUING)
            tally_elect(rounds, x);
}

/* Those with the largest surplus that waits. */
static struct tally_set largest_surplus(struct stv *stv)
{
    struct rounds *rounds = stv->rounds;
    struct tally_set set = tally_set_new(rounds->arena, rounds->tally);
    for (size_t x = 0; x < rounds->tally->option_count; x++) {
        if (!stv->surplus[x])
            continue;
        if (set.count && rounds->tallies[x] > rounds->tallies[set.items[0]])
            set.count = 0;
        if (!set.count || rounds->tallies[x] == rounds->tallies[set.items[0]])
            tally_set_add(&set, x);
    }
    return set;
}

/* Moves the papers of those who are not to keep them, at `numerator / denominator` of their value
 * (five decimals, the rest is lost). */
static void transfer(struct stv *stv, struct tally_round *round, const bool *from, wide numerator,
                     wide denominator)
{
    struct rounds *rounds = stv->rounds;
    for (size_t b = 0; b < rounds->tally->ballot_count; b++) {
        uint8_t holder = tally_holder(rounds, b);
        if (holder == PAPER_NONE || !from[holder])
            continue;
        stv->values[b] = (int32_t)(stv->values[b] * numerator / denominator);
        uint8_t to = tally_move(rounds, b);
        if (to == PAPER_NONE)
            continue;
        wide votes = (wide)stv->values[b] * rounds->tally->weights[b];
        rounds->tallies[to] += votes;
        round->received[to] += votes;
    }
}

/* Transfers one surplus, the largest. False: it is tied and there is no rule to part it. */
static bool transfer_surplus(struct stv *stv, struct tally_round *round,
                             struct tally_result *result, struct tally_set *largest)
{
    struct rounds *rounds = stv->rounds;
    if (largest->count > 1) {
        struct tally_set equal = largest_surplus(stv);
        const char *broken_by = "earlier_rounds";
        tally_narrow(rounds, largest, true);
        if (largest->count > 1 && rounds->tally->config.tie_break != TALLY_TIE_LOT) {
            tally_rounds_tied(rounds, result, largest);
            return false;
        }
        if (largest->count > 1) {
            tally_lot(rounds->tally, largest->items, largest->count);
            broken_by = "lot";
        }
        tally_tie_add(rounds->arena, rounds->tally, result, equal, (int64_t)rounds->left,
                      broken_by);
    }
    size_t option = largest->items[0];
    bool *from = arena_array(rounds->arena, rounds->tally->option_count, sizeof *from);
    from[option] = true;
    transfer(stv, round, from, rounds->tallies[option] - stv->quota, rounds->tallies[option]);
    rounds->tallies[option] = stv->quota;
    stv->surplus[option] = false;
    return true;
}

static void eliminate(struct stv *stv, struct tally_round *round, const struct tally_set *dropped)
{
    struct rounds *rounds = stv->rounds;
    bool *from = arena_array(rounds->arena, rounds->tally->option_count, sizeof *from);
    for (size_t i = 0; i < dropped->count; i++) {
        from[dropped->items[i]] = true;
        rounds->standing[dropped->items[i]] = STANDING_ELIMINATED;
        rounds->continuing--;
        tally_set_add(&round->eliminated, dropped->items[i]);
    }
    transfer(stv, round, from, 1, 1);
}

static struct stv stv_new(struct arena *arena, const struct tally *tally,
                          struct tally_result *result)
{
    struct stv stv = {
        .rounds = tally_rounds(arena, tally, SCALE, result),
        .values = arena_array(arena, tally->ballot_count, sizeof *stv.values),
        .surplus = arena_array(arena, tally->option_count, sizeof *stv.surplus),
    };
    for (size_t b = 0; b < tally->ballot_count; b++)
        stv.values[b] = SCALE;
    stv.rounds->quota = (int64_t)(stv.rounds->usable / SCALE / (tally->seats + 1) + 1);
    stv.quota = (wide)stv.rounds->quota * SCALE;
    return stv;
}

void tally_stv_count(struct arena *arena, const struct tally *tally, struct tally_result *result)
{
    struct stv stv = stv_new(arena, tally, result);
    struct rounds *rounds = stv.rounds;
    result->winners = tally_set_new(arena, tally);
    for (;;) {
        struct tally_round *round = tally_round_begin(rounds);
        struct tally_set dropped;
        elect_reached(&stv);
        if (!rounds->left)
            break;
        if (rounds->continuing == rounds->left) {
            elect_rest(&stv);
            break;
        }
        struct tally_set largest = largest_surplus(&stv);
        if (largest.count) {
            if (!transfer_surplus(&stv, round, result, &largest))
                break;
            continue;
        }
        if (!tally_lowest(rounds, result, &dropped))
            break;
        eliminate(&stv, round, &dropped);
    }
    tally_rounds_finish(rounds, result);
}
