/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_method.h"

#include <string.h>

void tally_write_set(const struct tally *tally, struct json_writer *w, const struct tally_set *set)
{
    jw_list(w);
    for (size_t i = 0; i < set->count; i++)
        jw_text(w, tally->options[set->items[i]]);
    jw_list_end(w);
}

void tally_write_totals(const struct tally *tally, struct json_writer *w, const char *key,
                        const int64_t *totals)
{
    jw_key(w, key);
    jw_map(w);
    for (size_t i = 0; i < tally->option_count; i++)
        jw_key_int(w, tally->options[i], totals[i]);
    jw_map_end(w);
}

void tally_write_matrix(const struct tally *tally, struct json_writer *w, const char *key,
                        const int64_t *matrix)
{
    size_t n = tally->option_count;
    jw_key(w, key);
    jw_map(w);
    for (size_t x = 0; x < n; x++) {
        jw_key(w, tally->options[x]);
        jw_map(w);
        for (size_t y = 0; y < n; y++)
            if (y != x)
                jw_key_int(w, tally->options[y], matrix[x * n + y]);
        jw_map_end(w);
    }
    jw_map_end(w);
}

static void write_tie(const struct tally *tally, const struct tally_tie *tie, struct json_writer *w)
{
    jw_map(w);
    jw_key(w, "options");
    tally_write_set(tally, w, &tie->options);
    jw_key_int(w, "seats", tie->seats);
    jw_key_text(w, "broken_by", tie->broken_by);
    if (tie->broken_by && strcmp(tie->broken_by, "lot") == 0)
        jw_key_text(w, "seed", tally->config.seed);
    jw_map_end(w);
}

static void write_quorum(const struct tally *tally, const struct tally_result *result,
                         struct json_writer *w)
{
    jw_key(w, "quorum");
    jw_map(w);
    jw_key_bool(w, "met", result->quorum_met);
    jw_key_int(w, "cast", tally->cast);
    jw_key(w, "eligible");
    if (tally->electorate < 0)
        jw_null(w);
    else
        jw_int(w, tally->electorate);
    jw_map_end(w);
}

void tally_write(const struct tally *tally, const struct tally_result *result, struct buf *buf)
{
    const struct tally_kind *kind = &tally_kinds[tally->method];
    struct json_writer w;
    jw_init(&w, buf);
    jw_map(&w);
    jw_key_text(&w, "method", kind->name);
    jw_key_text(&w, "outcome", tally_outcome_name(result->outcome));
    jw_key(&w, "winners");
    tally_write_set(tally, &w, &result->winners);
    jw_key(&w, "ranking");
    jw_list(&w);
    for (size_t i = 0; i < result->ranking_count; i++)
        tally_write_set(tally, &w, &result->ranking[i]);
    jw_list_end(&w);
    jw_key(&w, "ties");
    jw_list(&w);
    for (size_t i = 0; i < result->tie_count; i++)
        write_tie(tally, &result->ties[i], &w);
    jw_list_end(&w);
    write_quorum(tally, result, &w);
    jw_key(&w, "report");
    jw_map(&w);
    kind->report(tally, result, &w);
    if (result->quo)
        tally_quo_report(tally, result->quo, &w);
    jw_map_end(&w);
    jw_map_end(&w);
}
