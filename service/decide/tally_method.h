/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the tally: what a method is, and what methods share. Nothing outside
 * service/decide/tally*.c includes this. */
#ifndef COHELM_TALLY_METHOD_H
#define COHELM_TALLY_METHOD_H

#include "tally.h"

__extension__ typedef __int128 wide; /* products of two 64-bit numbers */

/* Groups of config keys; TALLY_KEYS_ALL may stand in any config. */
enum tally_keys {
    TALLY_KEYS_ALL = 1,
    TALLY_KEYS_MAJORITY = 2,
    TALLY_KEYS_APPROVAL = 4,
    TALLY_KEYS_SCORE = 8,
    TALLY_KEYS_POINTS = 16,
    TALLY_KEYS_ELIMINATION = 32,
    TALLY_KEYS_CONDORCET = 64,
    TALLY_KEYS_STATUS_QUO = 128 /* methods without pairs in their report */
};

struct tally_kind {
    const char *name;
    enum tally_ballot ballot;
    unsigned keys; /* besides TALLY_KEYS_ALL */
    bool one_seat; /* elects exactly one */
    /* Sets outcome, winners, ranking, ties and report, as if there was a quorum. */
    void (*count)(struct arena *arena, const struct tally *tally, struct tally_result *result);
    /* Writes the members of `report`. */
    void (*report)(const struct tally *tally, const struct tally_result *result,
                   struct json_writer *w);
};

/* By enum tally_method. */
extern const struct tally_kind tally_kinds[TALLY_METHODS];

/* ---- setting up ---- */

/* `at` "/" `key`, with the key escaped as RFC 6901 says. */
const char *tally_pointer(struct arena *arena, const char *at, const char *key);

/* The option of that name, or TALLY_NO_OPTION. */
size_t tally_option(const struct tally *tally, const char *name, size_t len);

/* The names of `tally_ballot`: "choice", … */
extern const char *const tally_ballot_names[];

/* Fills in the defaults of the method, then what `config` (a map, or NULL) says. Options, seats and
 * electorate are set. */
void tally_config_read(struct tally *tally, const struct json *config, const char *at,
                       struct faults *faults);

/* Lists a fault if more was cast than is eligible. */
void tally_check_electorate(const struct tally *tally, struct faults *faults);

/* Makes room for `count` more ballots. */
void tally_reserve(struct tally *tally, size_t count);

/* As tally_add_ballot for item `index` of the list at pointer `at`, with `count` and `weight` as
 * members of the ballot. */
bool tally_add_item(struct tally *tally, const struct json *ballot, const char *at, size_t index,
                    struct faults *faults);

/* ---- counting ---- */

/* True if value / base stands above the share (at it too, if inclusive). */
bool tally_reaches(int64_t value, int64_t base, struct tally_share share, bool inclusive);

/* Whether `cast` votes of which `blank` abstain are a quorum. */
bool tally_quorum(const struct tally *tally, int64_t cast, int64_t blank);

/* An empty set with room for all options. */
struct tally_set tally_set_new(struct arena *arena, const struct tally *tally);
/* Adds an option that is not in the set, keeping the order. */
void tally_set_add(struct tally_set *set, size_t option);
bool tally_set_has(const struct tally_set *set, size_t option);

/* Adds a group at the end of the ranking. */
void tally_rank_add(struct arena *arena, const struct tally *tally, struct tally_result *result,
                    struct tally_set group);

/* Ranks the options by `compare` (above 0: a is better than b; 0: they are equal). */
void tally_rank_by(struct arena *arena, const struct tally *tally,
                   int (*compare)(const void *context, size_t a, size_t b), const void *context,
                   struct tally_result *result);

/* Ranks by totals, the higher the better. */
void tally_rank_totals(struct arena *arena, const struct tally *tally, const int64_t *totals,
                       struct tally_result *result);

/* Ranks by a strict partial order `above` (options × options): each group holds those that nobody
 * left is above of. Options of `done` are left out. */
void tally_rank_relation(struct arena *arena, const struct tally *tally, const bool *above,
                         const struct tally_set *done, struct tally_result *result);

/* Adds a tie. */
void tally_tie_add(struct arena *arena, const struct tally *tally, struct tally_result *result,
                   struct tally_set options, int64_t seats, const char *broken_by);

/* Orders options by their lot keys (see tally.h), the luckiest first. */
void tally_lot(const struct tally *tally, size_t *options, size_t count);

/* Gives the seats to the first `eligible` groups of the ranking, names the ties, breaks the one at
 * the cut as configured, and sets winners and outcome. */
void tally_seat(struct arena *arena, const struct tally *tally, struct tally_result *result,
                size_t eligible);

/* How many prefer each option to the status quo, and the status quo to it. */
struct tally_quo {
    int64_t *pro, *contra;
};

/* Counts both from the ballots: who chooses, approves, rates or ranks one of them higher prefers
 * it. There is a status quo. */
void tally_quo_count(struct arena *arena, const struct tally *tally, struct tally_quo *quo);

/* A seat won by the status quo, or by one that does not beat it, stays empty. A tie in which every
 * way to fill the seats leaves them empty is none. */
void tally_quo_apply(struct arena *arena, const struct tally *tally, const struct tally_quo *quo,
                     struct tally_result *result);

/* "against_status_quo": {"A": [5, 3], …} */
void tally_quo_report(const struct tally *tally, const struct tally_quo *quo,
                      struct json_writer *w);

/* ---- writing ---- */

/* "key": {"A": 5, "B": 3} */
void tally_write_totals(const struct tally *tally, struct json_writer *w, const char *key,
                        const int64_t *totals);
/* ["A", "B"] */
void tally_write_set(const struct tally *tally, struct json_writer *w, const struct tally_set *set);
/* "key": {"A": {"B": 5, "C": 5}, …} of a matrix options × options, without its diagonal */
void tally_write_matrix(const struct tally *tally, struct json_writer *w, const char *key,
                        const int64_t *matrix);

/* ---- methods, each in the file of its family ---- */

void tally_majority_count(struct arena *arena, const struct tally *tally,
                          struct tally_result *result);
void tally_majority_report(const struct tally *tally, const struct tally_result *result,
                           struct json_writer *w);
/* The outcome at these sums, quorum included. */
enum tally_outcome tally_majority_outcome(const struct tally *tally, int64_t yes, int64_t no,
                                          int64_t abstain);
/* The sums of yes and no. */
void tally_majority_sums(const struct tally *tally, int64_t *yes, int64_t *no);

void tally_plurality_count(struct arena *arena, const struct tally *tally,
                           struct tally_result *result);
void tally_approval_count(struct arena *arena, const struct tally *tally,
                          struct tally_result *result);
void tally_score_count(struct arena *arena, const struct tally *tally, struct tally_result *result);
void tally_points_count(struct arena *arena, const struct tally *tally,
                        struct tally_result *result);
void tally_borda_count(struct arena *arena, const struct tally *tally, struct tally_result *result);
void tally_schulze_count(struct arena *arena, const struct tally *tally,
                         struct tally_result *result);
void tally_copeland_count(struct arena *arena, const struct tally *tally,
                          struct tally_result *result);
void tally_minimax_count(struct arena *arena, const struct tally *tally,
                         struct tally_result *result);
void tally_ranked_pairs_count(struct arena *arena, const struct tally *tally,
                              struct tally_result *result);
void tally_irv_count(struct arena *arena, const struct tally *tally, struct tally_result *result);
void tally_stv_count(struct arena *arena, const struct tally *tally, struct tally_result *result);
void tally_star_count(struct arena *arena, const struct tally *tally, struct tally_result *result);
void tally_scores_report(const struct tally *tally, const struct tally_result *result,
                         struct json_writer *w);
void tally_score_report(const struct tally *tally, const struct tally_result *result,
                        struct json_writer *w);
void tally_borda_report(const struct tally *tally, const struct tally_result *result,
                        struct json_writer *w);
void tally_condorcet_report(const struct tally *tally, const struct tally_result *result,
                            struct json_writer *w);
void tally_rounds_report(const struct tally *tally, const struct tally_result *result,
                         struct json_writer *w);
void tally_star_report(const struct tally *tally, const struct tally_result *result,
                       struct json_writer *w);

#endif
