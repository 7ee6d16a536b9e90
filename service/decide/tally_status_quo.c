/* SPDX-License-Identifier: Apache-2.0 */
/* The option that the winner must beat: FRAMEWORKS.md section 2, and 3.10. */
#include "tally_method.h"

/* What a ballot gives an option, so that more is better. False: it says nothing about it. */
static bool worth(const struct tally *tally, size_t ballot, size_t option, int64_t *value)
{
    size_t cell = ballot * tally->width + option;
    switch (tally->ballot) {
    case TALLY_CHOICE:
        *value = tally->marks[ballot * tally->width] == option + 1;
        break;
    case TALLY_APPROVE:
        *value = tally->marks[cell];
        break;
    case TALLY_RANKING: /* unranked: after all others */
        *value = tally->marks[cell] ? -(int64_t)tally->marks[cell] : -TALLY_OPTIONS_MAX - 1;
        break;
    case TALLY_SCORES:
    case TALLY_POINTS:
        *value = tally->values[cell] == TALLY_UNRATED ? 0 : tally->values[cell];
        return tally->values[cell] != TALLY_UNRATED ||
               tally->config.unrated != TALLY_UNRATED_IGNORE;
    }
    return true;
}

void tally_quo_count(struct arena *arena, const struct tally *tally, struct tally_quo *quo)
{
    size_t status_quo = tally->config.status_quo;
    quo->pro = arena_array(arena, tally->option_count, sizeof *quo->pro);
    quo->contra = arena_array(arena, tally->option_count, sizeof *quo->contra);
    for (size_t b = 0; b < tally->ballot_count; b++) {
        int64_t there, here;
        if (!worth(tally, b, status_quo, &there))
            continue;
        for (size_t x = 0; x < tally->option_count; x++) {
            if (!worth(tally, b, x, &here))
                continue;
            quo->pro[x] += here > there ? tally->weights[b] : 0;
            quo->contra[x] += here < there ? tally->weights[b] : 0;
        }
    }
}

/* The status quo does not beat itself either: that is no votes to none. */
static bool beats(const struct tally *tally, const struct tally_quo *quo, size_t option)
{
    return tally_reaches(quo->pro[option], quo->pro[option] + quo->contra[option],
                         tally->config.against_status_quo, false);
}

/* Those among whom nothing decides who gets the last seats. Of one seat that may be more than the
 * tie names, where the tie was about who comes to the end. */
static const struct tally_set *contested(const struct tally *tally,
                                         const struct tally_result *result)
{
    const struct tally_set *tied = NULL;
    if (result->outcome != TALLY_TIED)
        return NULL;
    if (tally->seats == 1)
        return &result->winners;
    for (size_t i = 0; i < result->tie_count; i++)
        if (!result->ties[i].broken_by && result->ties[i].seats &&
            result->ties[i].seats < (int64_t)result->ties[i].options.count)
            tied = &result->ties[i].options;
    return tied;
}

void tally_quo_apply(struct arena *arena, const struct tally *tally, const struct tally_quo *quo,
                     struct tally_result *result)
{
    const struct tally_set *tied = contested(tally, result);
    struct tally_set kept = tally_set_new(arena, tally);
    bool open = false;
    if (!result->winners.count)
        return; /* nobody has won yet, or anybody might */
    for (size_t i = 0; tied && i < tied->count; i++)
        open = open || beats(tally, quo, tied->items[i]);
    for (size_t i = 0; i < result->winners.count; i++) {
        size_t option = result->winners.items[i];
        if (beats(tally, quo, option) || (open && tally_set_has(tied, option)))
            tally_set_add(&kept, option);
    }
    result->winners = kept;
    if (!open)
        result->outcome = kept.count ? TALLY_ADOPTED : TALLY_REJECTED;
}

void tally_quo_report(const struct tally *tally, const struct tally_quo *quo, struct json_writer *w)
{
    jw_key(w, "against_status_quo");
    jw_map(w);
    for (size_t x = 0; x < tally->option_count; x++) {
        if (x == tally->config.status_quo)
            continue;
        jw_key(w, tally->options[x]);
        jw_list(w);
        jw_int(w, quo->pro[x]);
        jw_int(w, quo->contra[x]);
        jw_list_end(w);
    }
    jw_map_end(w);
}
