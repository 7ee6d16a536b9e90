/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto.h"
#include "decide/decide_record.h"
#include "record.h"

#include <string.h>

/* The hash of the stored report's bytes, from the row of the trail that seals. */
static const char *sealed_report(struct arena *arena, const struct json *record)
{
    const struct json *trail = json_get(record, "trail");
    const char *hash = NULL;
    for (size_t i = 0; trail && trail->type == JSON_LIST && i < trail->list.count; i++) {
        const char *content = json_get_text(&trail->list.items[i], "content");
        struct json row;
        struct json_error error;
        if (content && json_read(arena, content, strlen(content), &row, &error) &&
            json_is_text(json_get(&row, "action"), "decision.sealed"))
            hash = json_get_text(json_get(&row, "data"), "count_report");
    }
    return hash;
}

static void check_report(struct record_check *check, const struct json *record, struct buf *report)
{
    struct json counted;
    struct json_error error;
    unsigned char hash[SHA256_LEN];
    char text[2 * SHA256_LEN + 1];
    const struct json *stored = json_get(record, "count_report");
    const char *sealed = sealed_report(check->arena, record);
    if (!json_read(check->arena, buf_cstr(report), report->len, &counted, &error)) {
        record_differs(check, "/count_report", "the recount can't be read: %s", error.message);
        return;
    }
    for (size_t i = 0; i < counted.map.count; i++) {
        const char *key = counted.map.members[i].key;
        const struct json *value = json_get(stored, key);
        if (!value || !json_same(value, &counted.map.members[i].value))
            record_differs(check, arena_printf(check->arena, "/count_report/%s", key),
                           "the recount gives another");
    }
    if (!stored || stored->type != JSON_MAP || stored->map.count != counted.map.count)
        record_differs(check, "/count_report", "it has not the members that the recount has");
    sha256(report->data, report->len, hash);
    hex_encode(hash, sizeof hash, text);
    if (!sealed || strcmp(sealed, text) != 0)
        record_differs(check, "/count_report",
                       "the recount does not give the bytes that were stored");
}

static void check_result(struct record_check *check, const struct json *record,
                         const struct decide_result *result)
{
    const char *outcome = decide_outcome_text(result->outcome);
    const struct json *winners = json_get(record, "winners");
    bool same =
        winners && winners->type == JSON_LIST && winners->list.count == result->winner_count;
    for (size_t i = 0; same && i < result->winner_count; i++)
        same = json_is_text(&winners->list.items[i], result->winners[i]);
    if (!json_is_text(json_get(record, "outcome"), outcome))
        record_differs(check, "/outcome", "the recount gives %s", outcome);
    if (!same)
        record_differs(check, "/winners", "the recount gives others");
}

static bool is_null(const struct json *record, const char *name)
{
    const struct json *value = json_get(record, name);
    return value && value->type == JSON_NULL_VALUE;
}

void record_check_count(struct record_check *check, const struct json *record)
{
    struct framework framework;
    struct decide_case decision;
    struct decide_result result;
    struct faults faults;
    struct buf report;
    faults_init(&faults, check->arena);
    check->hidden = json_get_bool(record, "secret", false) && is_null(record, "ballots") &&
                    is_null(record, "count_report");
    if (check->hidden)
        return;
    if (!decide_record_read(check->arena, record, &framework, &decision, &faults)) {
        for (size_t i = 0; i < faults.count; i++)
            record_differs(check, faults.items[i].pointer, "%s", faults.items[i].detail);
        return;
    }
    buf_init(&report, check->arena, SIZE_MAX);
    decide_count(&decision, &result, &report);
    check_result(check, record, &result);
    check_report(check, record, &report);
}
