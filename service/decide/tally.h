/* SPDX-License-Identifier: Apache-2.0 */
/* Counting votes. Pure: what is given in determines what comes out, byte for byte; no I/O, no
 * clock, no floating point, no globals. The same functions serve POST /v1/tallies, closing,
 * simulation, recount and the command line.
 *
 * A tally is set up once (tally_init, or tally_read from a whole request), gets ballots
 * (tally_add_ballot), is counted (tally_count) and written (tally_write). Everything it owns lives
 * in the arena it was given. Options are known by their place in the request, 0-based; every list
 * in a result names them in that order, best group first where there is an order.
 *
 * Ties. `ties` names every set of options that the method leaves equal, with the seats that fall to
 * the set. Only where fewer seats than options fall to it does the configured rule apply:
 *   none          all of them stay in `winners` and the outcome is `tied`;
 *   lot           the options get the order of their lot keys, lowest first, and the first take the
 *                 seats. The key of an option is mix(fnv1a(seed, 0x00, option name)): the 64-bit
 *                 FNV-1a hash over the bytes of the seed, one zero byte and the bytes of the name,
 *                 then SplitMix64's finalizer (x ^= x >> 30; x *= 0xbf58476d1ce4e5b9; x ^= x >> 27;
 *                 x *= 0x94d049bb133111eb; x ^= x >> 31). Equal keys fall back to byte order of the
 *                 names. So a lot depends on seed and names only, not on the order of options, and
 *                 one tally has one order: where a tie is about who drops, the last drops;
 *   casting_vote  the named option takes the seat, if it is among the tied and there is one seat.
 * `ranking` is what the ballots say, so it still shows options equal that a lot has parted. */
#ifndef COHELM_TALLY_H
#define COHELM_TALLY_H

#include "../arena.h"
#include "../buf.h"
#include "../json.h"
#include "../problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALLY_OPTIONS_MAX 200
#define TALLY_OPTION_BYTES_MAX 300
#define TALLY_CELLS_MAX ((size_t)32 * 1000 * 1000) /* ballots × options */
#define TALLY_VOTES_MAX ((int64_t)1 << 53)         /* sum of weights; also of weight × value */
#define TALLY_VALUE_MAX 1000000000                 /* |score|, |points|, budget, cap */

enum tally_method {
    TALLY_MAJORITY,
    TALLY_APPROVAL,
    TALLY_PLURALITY,
    TALLY_BORDA,
    TALLY_SCORE,
    TALLY_STAR,
    TALLY_DOT,
    TALLY_QUADRATIC,
    TALLY_SCHULZE,
    TALLY_RANKED_PAIRS,
    TALLY_MINIMAX,
    TALLY_COPELAND,
    TALLY_IRV,
    TALLY_STV,
    TALLY_METHODS
};

enum tally_ballot {
    TALLY_CHOICE,  /* {"choice": "yes"}; null abstains where options are chosen */
    TALLY_APPROVE, /* {"approve": ["A", "C"]} */
    TALLY_RANKING, /* {"ranking": [["A"], ["B", "C"]]} */
    TALLY_SCORES,  /* {"scores": {"A": 5}} */
    TALLY_POINTS   /* {"points": {"A": 3}} */
};

enum tally_outcome { TALLY_ADOPTED, TALLY_REJECTED, TALLY_TIED, TALLY_NO_QUORUM };
enum tally_tie_break { TALLY_TIE_NONE, TALLY_TIE_LOT, TALLY_TIE_CASTING_VOTE };
enum tally_base { TALLY_BASE_YES_NO, TALLY_BASE_CAST, TALLY_BASE_ELIGIBLE };
enum tally_unrated { TALLY_UNRATED_ZERO, TALLY_UNRATED_IGNORE };
enum tally_unranked { TALLY_UNRANKED_LAST, TALLY_UNRANKED_IGNORED };
enum tally_strength { TALLY_WINNING_VOTES, TALLY_MARGINS, TALLY_OPPOSITION };
enum tally_equal_ranks { TALLY_EQUAL_REFUSE, TALLY_EQUAL_EXHAUST, TALLY_EQUAL_SKIP };

/* numerator / denominator, 0 <= numerator <= denominator, denominator >= 1 */
struct tally_share {
    int64_t numerator;
    int64_t denominator;
};

#define TALLY_NO_OPTION SIZE_MAX

/* FRAMEWORKS.md section 4, with the defaults filled in. */
struct tally_config {
    bool has_quorum;
    struct tally_share quorum;
    enum tally_base quorum_base; /* cast (default), or yes_no: ballots that are not blank */
    int64_t minimum;             /* 0: none */
    enum tally_tie_break tie_break;
    const char *seed;    /* with a lot */
    size_t casting_vote; /* with a casting vote: the option; of majority 0 yes, 1 no */

    bool has_threshold; /* majority */
    struct tally_share threshold;
    bool inclusive;
    enum tally_base base;
    bool absolute;

    int64_t min, max; /* score */
    enum tally_unrated unrated;
    int64_t min_ratings;

    int64_t max_choices; /* approval; 0: no limit */
    bool has_floor;
    struct tally_share floor; /* of the ballots that are not blank; reaching it is enough */

    int64_t budget; /* dot, quadratic; -1: no limit */
    bool exact;
    int64_t cap; /* of one option's |points|; -1: no limit */

    enum tally_equal_ranks equal_ranks; /* irv, stv */

    enum tally_strength strength; /* Condorcet family */
    enum tally_unranked unranked;
    size_t status_quo; /* TALLY_NO_OPTION: none */
    bool has_against_status_quo;
    struct tally_share against_status_quo; /* 1/2 if not given; to be exceeded */
};

struct tally {
    struct arena *arena;
    enum tally_method method;
    enum tally_ballot ballot; /* the kind of ballot that the method takes */
    const char *const *options;
    size_t option_count; /* of majority 2: yes, no */
    int64_t seats;
    int64_t electorate; /* eligible weight; -1: not known */
    struct tally_config config;

    /* Ballots. Ballot b weighs weights[b] (count × weight) and fills `width` cells from b * width.
     * Choice: one mark, option + 1, or 0 for an abstention. Approve: a mark 0 or 1 per option.
     * Ranking: a mark per option, its rank from 1 without gaps, 0 unranked. Scores, points: a value
     * per option, TALLY_UNRATED where none was given. */
    size_t ballot_count;
    size_t capacity;
    size_t width;
    int64_t *weights;
    uint8_t *marks;
    int32_t *values;
    int64_t cast;   /* sum of weights */
    int64_t blank;  /* of them abstentions: ballots without any mark */
    int64_t volume; /* sum of weight × largest |value| */

    uint16_t *slots; /* name → option: open addressing, 0 free, else option + 1 */
    size_t slot_count;
};

#define TALLY_UNRATED INT32_MIN

/* Options by index, ascending. */
struct tally_set {
    size_t *items;
    size_t count;
};

struct tally_tie {
    struct tally_set options;
    int64_t seats;
    const char *broken_by; /* the rule that was applied, or NULL */
};

struct tally_result {
    enum tally_outcome outcome;
    struct tally_set winners; /* empty unless adopted or tied */
    struct tally_set *ranking;
    size_t ranking_count;
    struct tally_tie *ties;
    size_t tie_count;
    bool quorum_met;
    const struct tally_quo *quo; /* against the status quo, where the method counts no pairs; or
                                    NULL. Belongs to the methods */
    void *report;                /* belongs to the method */
};

/* By name ("schulze"); false if there is no such method. */
bool tally_method_find(const char *name, enum tally_method *method);
const char *tally_method_name(enum tally_method method);

/* True if `key` may stand in the config of `method`. A framework's configuration holds other keys
 * too; who passes it on takes out those this refuses. */
bool tally_config_key(enum tally_method method, const char *key);

const char *tally_outcome_name(enum tally_outcome outcome);

/* What a tally is made of, but for its ballots. For majority `options` are ignored. */
struct tally_setup {
    enum tally_method method;
    const char *const *options;
    size_t option_count;
    int64_t seats;             /* 1 for most */
    int64_t electorate;        /* eligible weight, or -1 */
    const struct json *config; /* a map, or NULL for the defaults */
};

/* A tally without ballots. Texts and config are not copied: they live at least as long as `arena`.
 * False: every fault is listed, with pointers /options/N, /seats, /electorate, /config/KEY below
 * `at` ("" for a whole request), and the tally may not be used. */
bool tally_init(struct arena *arena, struct tally *tally, const struct tally_setup *setup,
                const char *at, struct faults *faults);

/* Checks one voter's ballot (without `count` and `weight`). Lists every fault below pointer `at`.
 */
bool tally_check_ballot(const struct tally *tally, const struct json *ballot, const char *at,
                        struct faults *faults);

/* Adds `count` equal ballots that each weigh `weight`. False: faults are listed as by
 * tally_check_ballot, also when a cap would be passed, and nothing was added. */
bool tally_add_ballot(struct tally *tally, const struct json *ballot, int64_t count, int64_t weight,
                      const char *at, struct faults *faults);

/* True if ballots that weigh `votes` together can be added whatever they say, so that no cap is
 * ever passed. Of a tally that could not be set up only the method and the config count. */
bool tally_holds(const struct tally *tally, int64_t votes);

/* Reads a share: [n, d] with 0 <= n <= d and d >= 1. False: a fault was added. */
bool tally_share_read(const struct json *value, struct tally_share *share, const char *pointer,
                      struct faults *faults);

/* Reads a whole request (FRAMEWORKS.md section 4). False: every fault is listed. */
bool tally_read(struct arena *arena, const struct json *request, struct tally *tally,
                struct faults *faults);

/* Counts. Takes time linear in the ballots. The result lives in `arena` and refers to `tally`. */
void tally_count(struct arena *arena, const struct tally *tally, struct tally_result *result);

/* True if no completion by ballots of together at most `missing` weight can change the outcome.
 * Exact for majority; for the other methods true only when nothing is missing. */
bool tally_settled(struct arena *arena, const struct tally *tally, int64_t missing);

/* Writes the response of FRAMEWORKS.md section 4. Equal tallies give equal bytes. */
void tally_write(const struct tally *tally, const struct tally_result *result, struct buf *buf);

#endif
