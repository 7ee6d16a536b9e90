/* SPDX-License-Identifier: Apache-2.0 */
/* Between irv and stv: counting in rounds, in which votes move to the next option that is still in
 * the count (FRAMEWORKS.md section 3.9). */
#ifndef COHELM_TALLY_ROUNDS_H
#define COHELM_TALLY_ROUNDS_H

#include "tally_method.h"

#define PAPER_NONE 255 /* no further preference; options are below TALLY_OPTIONS_MAX */

enum standing { STANDING_CONTINUING, STANDING_ELECTED, STANDING_ELIMINATED };

struct tally_round {
    wide *tallies;  /* by option; -1: eliminated */
    wide *received; /* in the transfer that ends the round */
    wide exhausted; /* not with any option, all the rounds together */
    struct tally_set elected, eliminated;
};

/* Votes are counted in units of 1 / scale. */
struct rounds {
    struct arena *arena;
    const struct tally *tally;
    wide scale;
    wide total;    /* of all ballots that are not blank */
    wide usable;   /* of those with a first preference that counts */
    int64_t quota; /* votes that elect */
    struct tally_round *items;
    size_t count;
    enum standing *standing;
    size_t continuing; /* options */
    size_t left;       /* seats */
    wide *tallies;     /* now */
    uint8_t *order;    /* ballot b prefers order[b * n], order[b * n + 1], … until PAPER_NONE */
    uint8_t *place;    /* where in its order a ballot is */
};

/* Puts every ballot with its first preference; also sets the report. */
struct rounds *tally_rounds(struct arena *arena, const struct tally *tally, wide scale,
                            struct tally_result *result);

/* The option that ballot b is with, or PAPER_NONE. */
uint8_t tally_holder(const struct rounds *rounds, size_t b);
/* Moves ballot b to its next continuing option, or to none, and returns that. */
uint8_t tally_move(struct rounds *rounds, size_t b);

/* Begins a round with the tallies as they are. */
struct tally_round *tally_round_begin(struct rounds *rounds);

void tally_elect(struct rounds *rounds, size_t option);

/* Leaves of equal options those that were lowest (or highest) in the latest earlier round in which
 * they differed, and so on back to the first. */
void tally_narrow(const struct rounds *rounds, struct tally_set *tied, bool highest);

/* Which of the continuing options drop. False: they are tied and no rule parts them; outcome,
 * winners and ties are set. */
bool tally_lowest(struct rounds *rounds, struct tally_result *result, struct tally_set *dropped);

/* Ends the count as tied among `tied`; the winners are those already elected. */
void tally_rounds_tied(struct rounds *rounds, struct tally_result *result,
                       const struct tally_set *tied);

/* Ranks the elected as they were elected, then those still there by their last tallies, then the
 * eliminated, last first; and sets winners and outcome unless the count ended tied. */
void tally_rounds_finish(struct rounds *rounds, struct tally_result *result);

#endif
