/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the Condorcet family: comparing the options in pairs. */
#ifndef COHELM_TALLY_CONDORCET_H
#define COHELM_TALLY_CONDORCET_H

#include "tally_method.h"

struct pairs {
    int64_t *wins; /* wins[x * n + y]: weight that prefers x to y */
    struct tally_set smith;
    size_t winner;        /* beats every other, or TALLY_NO_OPTION */
    int64_t *paths;       /* Schulze: strength of the strongest path from x to y */
    int64_t *scores;      /* Copeland, minimax */
    uint8_t (*locked)[2]; /* ranked pairs: in the order they were locked */
    size_t locked_count;
    uint8_t (*conflicts)[2]; /* ranked pairs: locked or not depending on the order of equals */
    size_t conflict_count;
};

/* Adds one ballot to wins[x * n + y]. A mark is a rank up to `ranks`, 0 unranked: after all others,
 * or `ignored`. */
void tally_add_pairs(const uint8_t *marks, size_t n, size_t ranks, bool ignored, int64_t weight,
                     int64_t *wins);

/* Counts the pairs; also sets the report. */
struct pairs *tally_pairs(struct arena *arena, const struct tally *tally,
                          struct tally_result *result);

/* How strong the defeat of y by x is; 0 where x does not beat y. */
int64_t tally_strength(const struct tally *tally, const int64_t *wins, size_t x, size_t y);

/* reach[x * n + y]: there are steps "beats or ties" from x to y. */
bool *tally_reach(struct arena *arena, const struct tally *tally, const int64_t *wins);

/* Fills the seats by the ranking and takes them from those that do not beat the status quo. */
void tally_condorcet_seat(struct arena *arena, const struct tally *tally, const int64_t *wins,
                          struct tally_result *result);

#endif
