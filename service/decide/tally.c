/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_method.h"

#include <string.h>

const struct tally_kind tally_kinds[TALLY_METHODS] = {
    [TALLY_MAJORITY] = {"majority", TALLY_CHOICE, TALLY_KEYS_MAJORITY, true, tally_majority_count,
                        tally_majority_report},
    [TALLY_APPROVAL] = {"approval", TALLY_APPROVE, TALLY_KEYS_APPROVAL | TALLY_KEYS_STATUS_QUO,
                        false, tally_approval_count, tally_scores_report},
    [TALLY_PLURALITY] = {"plurality", TALLY_CHOICE, TALLY_KEYS_STATUS_QUO, false,
                         tally_plurality_count, tally_scores_report},
    [TALLY_BORDA] = {"borda", TALLY_RANKING, TALLY_KEYS_STATUS_QUO, false, tally_borda_count,
                     tally_borda_report},
    [TALLY_SCORE] = {"score", TALLY_SCORES, TALLY_KEYS_SCORE | TALLY_KEYS_STATUS_QUO, false,
                     tally_score_count, tally_score_report},
    [TALLY_STAR] = {"star", TALLY_SCORES, TALLY_KEYS_STATUS_QUO, true, tally_star_count,
                    tally_star_report},
    [TALLY_DOT] = {"dot", TALLY_POINTS, TALLY_KEYS_POINTS | TALLY_KEYS_STATUS_QUO, false,
                   tally_points_count, tally_scores_report},
    [TALLY_QUADRATIC] = {"quadratic", TALLY_POINTS, TALLY_KEYS_POINTS | TALLY_KEYS_STATUS_QUO,
                         false, tally_points_count, tally_scores_report},
    [TALLY_SCHULZE] = {"schulze", TALLY_RANKING, TALLY_KEYS_CONDORCET, false, tally_schulze_count,
                       tally_condorcet_report},
    [TALLY_RANKED_PAIRS] = {"ranked_pairs", TALLY_RANKING, TALLY_KEYS_CONDORCET, false,
                            tally_ranked_pairs_count, tally_condorcet_report},
    [TALLY_MINIMAX] = {"minimax", TALLY_RANKING, TALLY_KEYS_CONDORCET, false, tally_minimax_count,
                       tally_condorcet_report},
    [TALLY_COPELAND] = {"copeland", TALLY_RANKING, TALLY_KEYS_CONDORCET, false,
                        tally_copeland_count, tally_condorcet_report},
    [TALLY_IRV] = {"irv", TALLY_RANKING, TALLY_KEYS_ELIMINATION | TALLY_KEYS_STATUS_QUO, true,
                   tally_irv_count, tally_rounds_report},
    [TALLY_STV] = {"stv", TALLY_RANKING, TALLY_KEYS_ELIMINATION, false, tally_stv_count,
                   tally_rounds_report},
};

bool tally_method_find(const char *name, enum tally_method *method)
{
    for (size_t i = 0; i < TALLY_METHODS; i++)
        if (strcmp(tally_kinds[i].name, name) == 0) {
            *method = (enum tally_method)i;
            return true;
        }
    return false;
}

const char *tally_method_name(enum tally_method method)
{
    return tally_kinds[method].name;
}

const char *tally_outcome_name(enum tally_outcome outcome)
{
    static const char *const names[] = {"adopted", "rejected", "tied", "no_quorum"};
    return names[outcome];
}

const char *tally_pointer(struct arena *arena, const char *at, const char *key)
{
    size_t len = strlen(at), i = len;
    char *pointer = arena_alloc(arena, len + 2 * strlen(key) + 2);
    memcpy(pointer, at, len);
    pointer[i++] = '/';
    for (; *key; key++) {
        if (*key == '~' || *key == '/') {
            pointer[i++] = '~';
            pointer[i++] = *key == '~' ? '0' : '1';
        } else {
            pointer[i++] = *key;
        }
    }
    return pointer;
}

/* 64-bit FNV-1a. */
static uint64_t hash_name(const char *name, size_t len)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3;
    return hash ^ hash >> 32;
}

/* The slot of a name: where it is, or the free one where it belongs. */
static size_t slot_of(const struct tally *tally, const char *name, size_t len)
{
    size_t slot = hash_name(name, len) & (tally->slot_count - 1);
    while (tally->slots[slot]) {
        const char *other = tally->options[tally->slots[slot] - 1];
        if (strncmp(other, name, len) == 0 && !other[len])
            break;
        slot = (slot + 1) & (tally->slot_count - 1);
    }
    return slot;
}

size_t tally_option(const struct tally *tally, const char *name, size_t len)
{
    if (!tally->slots)
        return TALLY_NO_OPTION;
    uint16_t found = tally->slots[slot_of(tally, name, len)];
    return found ? (size_t)found - 1 : TALLY_NO_OPTION;
}

static void index_options(struct tally *tally, const char *at, struct faults *faults)
{
    tally->slot_count = 16;
    while (tally->slot_count < 4 * tally->option_count)
        tally->slot_count *= 2;
    tally->slots = arena_array(tally->arena, tally->slot_count, sizeof *tally->slots);
    for (size_t i = 0; i < tally->option_count; i++) {
        size_t len = strlen(tally->options[i]);
        size_t slot = slot_of(tally, tally->options[i], len);
        const char *pointer = arena_printf(faults->arena, "%s/options/%zu", at, i);
        if (tally->slots[slot])
            faults_add(faults, pointer, FAULT_NOT_UNIQUE, "The option is there already.");
        else if (!len)
            faults_add(faults, pointer, FAULT_TOO_SHORT, "An option has a name.");
        else if (len > TALLY_OPTION_BYTES_MAX)
            faults_add(faults, pointer, FAULT_TOO_LONG, "A name has at most %d bytes.",
                       TALLY_OPTION_BYTES_MAX);
        tally->slots[slot] = (uint16_t)(i + 1);
    }
}

static void check_numbers(const struct tally *tally, const char *at, struct faults *faults)
{
    const char *seats = arena_printf(faults->arena, "%s/seats", at);
    if (tally->seats < 1)
        faults_add(faults, seats, FAULT_TOO_SMALL, "There is at least one seat.");
    else if (tally_kinds[tally->method].one_seat && tally->seats > 1)
        faults_add(faults, seats, FAULT_TOO_LARGE, "This method fills one seat.");
    else if (tally->seats > (int64_t)tally->option_count)
        faults_add(faults, seats, FAULT_TOO_LARGE, "There are more seats than options.");
    if (tally->electorate > TALLY_VOTES_MAX)
        faults_add(faults, arena_printf(faults->arena, "%s/electorate", at), FAULT_TOO_LARGE,
                   "The electorate is at most 2^53.");
}

bool tally_init(struct arena *arena, struct tally *tally, const struct tally_setup *setup,
                const char *at, struct faults *faults)
{
    static const char *const yes_no[] = {"yes", "no"};
    const struct tally_kind *kind = &tally_kinds[setup->method];
    bool majority = setup->method == TALLY_MAJORITY;
    size_t found = faults->found;
    *tally = (struct tally){
        .arena = arena,
        .method = setup->method,
        .ballot = kind->ballot,
        .options = majority ? yes_no : setup->options,
        .option_count = majority ? 2 : setup->option_count,
        .seats = setup->seats,
        .electorate = setup->electorate,
    };
    tally->width = kind->ballot == TALLY_CHOICE ? 1 : tally->option_count;
    const char *options = arena_printf(faults->arena, "%s/options", at);
    if (!tally->option_count)
        faults_add(faults, options, FAULT_TOO_FEW, "There is at least one option.");
    else if (tally->option_count > TALLY_OPTIONS_MAX)
        faults_add(faults, options, FAULT_TOO_MANY, "There are at most %d options.",
                   TALLY_OPTIONS_MAX);
    else
        index_options(tally, at, faults);
    if (tally->slots)
        check_numbers(tally, at, faults);
    tally_config_read(tally, setup->config, at, faults);
    return faults->found == found;
}

bool tally_reaches(int64_t value, int64_t base, struct tally_share share, bool inclusive)
{
    wide have = (wide)value * share.denominator;
    wide need = (wide)share.numerator * base;
    return inclusive ? have >= need : have > need;
}

bool tally_quorum(const struct tally *tally, int64_t cast, int64_t blank)
{
    const struct tally_config *config = &tally->config;
    int64_t base = config->quorum_base == TALLY_BASE_YES_NO ? cast - blank : cast;
    if (cast < config->minimum)
        return false;
    return !config->has_quorum || tally_reaches(base, tally->electorate, config->quorum, true);
}

/* Methods that count pairs have done it themselves. */
static void apply_status_quo(struct arena *arena, const struct tally *tally,
                             struct tally_result *result)
{
    if (tally->config.status_quo == TALLY_NO_OPTION ||
        !(tally_kinds[tally->method].keys & TALLY_KEYS_STATUS_QUO))
        return;
    struct tally_quo *quo = arena_alloc(arena, sizeof *quo);
    tally_quo_count(arena, tally, quo);
    tally_quo_apply(arena, tally, quo, result);
    result->quo = quo;
}

void tally_count(struct arena *arena, const struct tally *tally, struct tally_result *result)
{
    *result = (struct tally_result){.outcome = TALLY_REJECTED};
    tally_kinds[tally->method].count(arena, tally, result);
    apply_status_quo(arena, tally, result);
    result->quorum_met = tally_quorum(tally, tally->cast, tally->blank);
    /* Nobody saying anything is never adoption, nor a tie that a lot might break. */
    if (tally->blank == tally->cast)
        result->outcome = TALLY_REJECTED;
    if (!result->quorum_met)
        result->outcome = TALLY_NO_QUORUM;
    if (result->outcome == TALLY_REJECTED || result->outcome == TALLY_NO_QUORUM)
        result->winners.count = 0;
}

bool tally_settled(struct arena *arena, const struct tally *tally, int64_t missing)
{
    (void)arena;
    if (missing <= 0)
        return true;
    if (tally->method != TALLY_MAJORITY)
        return false;
    /* More yes never turns adoption away and more votes never a quorum, so the ends tell all. */
    int64_t yes, no, abstain = tally->blank;
    tally_majority_sums(tally, &yes, &no);
    enum tally_outcome now = tally_majority_outcome(tally, yes, no, abstain);
    return tally_majority_outcome(tally, yes + missing, no, abstain) == now &&
           tally_majority_outcome(tally, yes, no + missing, abstain) == now &&
           tally_majority_outcome(tally, yes, no, abstain + missing) == now;
}
