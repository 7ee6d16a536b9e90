/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_record.h"
#include "instant.h"
#include "tally.h"

#include <stdlib.h>
#include <string.h>

/* One map of the record that is being read, and where it stands. */
struct reader {
    struct arena *arena;
    const struct json *map;
    const char *at;
    struct faults *faults;
};

static void fault(const struct reader *reader, const char *key, const char *must)
{
    faults_add(reader->faults, arena_printf(reader->arena, "%s/%s", reader->at, key), FAULT_TYPE,
               "It must be %s.", must);
}

static bool is_null(const struct json *value)
{
    return !value || value->type == JSON_NULL_VALUE;
}

static const char *read_text(const struct reader *reader, const char *key)
{
    const char *text = json_get_text(reader->map, key);
    if (!text)
        fault(reader, key, "a text");
    return text ? text : "";
}

static const char *read_text_or_null(const struct reader *reader, const char *key)
{
    return is_null(json_get(reader->map, key)) ? NULL : read_text(reader, key);
}

/* A whole number within the bounds that the service itself keeps: sums of such numbers fit. */
static int64_t read_int(const struct reader *reader, const char *key, int64_t min, int64_t max)
{
    int64_t value = json_get_int(reader->map, key, INT64_MIN);
    if (value >= min && value <= max)
        return value;
    fault(reader, key,
          arena_printf(reader->arena, "a whole number from %lld to %lld", (long long)min,
                       (long long)max));
    return min;
}

static const struct json *read_list(const struct reader *reader, const char *key)
{
    static const struct json empty = {.type = JSON_LIST};
    const struct json *list = json_get(reader->map, key);
    if (list && list->type == JSON_LIST)
        return list;
    fault(reader, key, "a list");
    return &empty;
}

static struct reader read_item(const struct reader *reader, const char *key,
                               const struct json *list, size_t index)
{
    return (struct reader){.arena = reader->arena,
                           .map = &list->list.items[index],
                           .at = arena_printf(reader->arena, "%s/%s/%zu", reader->at, key, index),
                           .faults = reader->faults};
}

/* A time of the record, or 0 for null. */
static int64_t read_time(const struct reader *reader, const char *key)
{
    int64_t at = 0;
    const struct json *value = json_get(reader->map, key);
    if (!is_null(value) && (value->type != JSON_TEXT || !instant_read(value->text.data, &at)))
        fault(reader, key, "a time");
    return at;
}

static framework_roles read_roles(const struct reader *reader, const struct framework *framework)
{
    framework_roles bits = 0;
    const struct json *roles = read_list(reader, "roles");
    for (size_t i = 0; i < roles->list.count; i++) {
        const struct json *role = &roles->list.items[i];
        int found = role->type == JSON_TEXT ? framework_role_find(framework, role->text.data) : -1;
        if (found >= 0)
            bits |= 1U << found;
        else
            fault(reader, "roles", "a list of roles of the framework");
    }
    return bits;
}

static int by_member(const void *a, const void *b)
{
    const struct decide_elector *const *x = a, *const *y = b;
    int order = strcmp((*x)->member, (*y)->member);
    return order ? order : (*x > *y) - (*x < *y);
}

/* Each member stands once. */
static void check_members(const struct reader *reader, const struct decide_elector *electors,
                          size_t count)
{
    const struct decide_elector **sorted = arena_array(reader->arena, count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &electors[i];
    if (count)
        qsort(sorted, count, sizeof *sorted, by_member);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->member, sorted[i]->member) == 0)
            fault(reader,
                  arena_printf(reader->arena, "stakeholders/%zu/member_id",
                               (size_t)(sorted[i] - electors)),
                  "another than those before");
}

static void read_electors(const struct reader *reader, struct decide_case *decision)
{
    const struct json *list = read_list(reader, "stakeholders");
    struct decide_elector *electors =
        arena_array(reader->arena, list->list.count, sizeof *electors);
    for (size_t i = 0; i < list->list.count; i++) {
        struct reader row = read_item(reader, "stakeholders", list, i);
        electors[i] = (struct decide_elector){
            .member = read_text(&row, "member_id"),
            .roles = read_roles(&row, decision->framework),
            .weight = read_int(&row, "weight", 1, DECIDE_WEIGHT_MAX),
            .notified = read_time(&row, "notified_at") != 0,
            .left = read_time(&row, "left_at") != 0,
            .left_at = read_time(&row, "left_at"),
            .affected = json_is_text(json_get(row.map, "level"), "affected")};
    }
    check_members(reader, electors, list->list.count);
    decision->electors = electors;
    decision->elector_count = list->list.count;
}

static void read_options(const struct reader *reader, struct decide_case *decision)
{
    const struct json *list = read_list(reader, "options");
    struct decide_option *options = arena_array(reader->arena, list->list.count, sizeof *options);
    for (size_t i = 0; i < list->list.count; i++) {
        struct reader row = read_item(reader, "options", list, i);
        options[i] = (struct decide_option){.key = read_text(&row, "key"),
                                            .title = read_text(&row, "title"),
                                            .argued = read_list(&row, "pros")->list.count > 0 &&
                                                      read_list(&row, "cons")->list.count > 0};
    }
    decision->options = options;
    decision->option_count = list->list.count;
}

static void read_inputs(const struct reader *reader, struct decide_case *decision)
{
    static const struct json nothing = {.type = JSON_MAP};
    const struct json *list = read_list(reader, "inputs");
    struct decide_input *inputs = arena_array(reader->arena, list->list.count, sizeof *inputs);
    for (size_t i = 0; i < list->list.count; i++) {
        struct reader row = read_item(reader, "inputs", list, i);
        const struct json *data = json_get(row.map, "data");
        if (!data || data->type != JSON_MAP)
            fault(&row, "data", "a map");
        inputs[i] = (struct decide_input){.id = read_text(&row, "id"),
                                          .member = read_text(&row, "member_id"),
                                          .type = read_text(&row, "type"),
                                          .phase = read_text(&row, "phase"),
                                          .round = read_int(&row, "round", 1, INT32_MAX),
                                          .revision = read_int(&row, "revision", 1, INT32_MAX),
                                          .subject = read_text_or_null(&row, "subject"),
                                          .data = data && data->type == JSON_MAP ? data : &nothing,
                                          .at = read_time(&row, "created_at")};
    }
    decision->inputs = inputs;
    decision->input_count = list->list.count;
}

/* Null where they may not be shown: then there is nothing to count. */
static void read_ballots(const struct reader *reader, struct decide_case *decision)
{
    bool secret = decision->framework->rule.secret;
    const struct json *list = read_list(reader, "ballots");
    struct decide_ballot *ballots = arena_array(reader->arena, list->list.count, sizeof *ballots);
    for (size_t i = 0; i < list->list.count; i++) {
        struct reader row = read_item(reader, "ballots", list, i);
        const struct json *ballot = json_get(row.map, "ballot");
        if (!ballot)
            fault(&row, "ballot", "a ballot");
        ballots[i] = (struct decide_ballot){
            .member = secret ? NULL : read_text(&row, "member_id"),
            .ballot = ballot,
            .weight = secret,
            .count = secret ? read_int(&row, "count", 1, TALLY_VOTES_MAX) : 1,
            .revision = read_int(&row, "revision", 1, INT32_MAX)};
    }
    decision->ballots = ballots;
    decision->ballot_count = list->list.count;
}

/* Null where ballots are secret. */
static void read_proxies(const struct reader *reader, struct decide_case *decision)
{
    if (decision->framework->rule.secret)
        return;
    const struct json *list = read_list(reader, "proxies");
    struct proxy *proxies = arena_array(reader->arena, list->list.count, sizeof *proxies);
    for (size_t i = 0; i < list->list.count; i++) {
        struct reader row = read_item(reader, "proxies", list, i);
        proxies[i] = (struct proxy){.truster = read_text(&row, "truster_id"),
                                    .trustee = read_text(&row, "trustee_id"),
                                    .from = read_time(&row, "given_at")};
    }
    decision->proxies = proxies;
    decision->proxy_count = list->list.count;
}

static void read_head(const struct reader *reader, struct decide_case *decision)
{
    const struct framework *framework = decision->framework;
    const char *phase = json_get_text(reader->map, "phase");
    int index = phase ? framework_phase_find(framework, phase) : -1;
    if (index < 0)
        fault(reader, "phase", "a phase of the framework");
    decision->phase = index > 0 ? (size_t)index : 0;
    decision->round = read_int(reader, "round", 1, INT32_MAX);
    decision->revision = read_int(reader, "revision", 1, INT32_MAX);
    decision->withdrawn = json_is_text(json_get(reader->map, "outcome"), "withdrawn");
    decision->opened_at = read_time(reader, "opened_at");
    decision->phase_started_at = read_time(reader, "phase_started_at");
    decision->due_at = read_time(reader, "phase_due_at");
    decision->wanted_at = read_time(reader, "due_at");
    decision->closed_at = decision->now = read_time(reader, "closed_at");
    decision->proposer = read_text(reader, "proposer_id");
}

/* A round begins with a new text, or after something was said in the one before: a record that
 * names more would have rounds played again that never were. */
static void check_rounds(const struct reader *reader, const struct decide_case *decision)
{
    int64_t texts = (int64_t)read_list(reader, "revisions")->list.count;
    if (decision->revision > texts)
        fault(reader, "revision", "the number of a text of the record");
    else if (decision->round > decision->revision + (int64_t)decision->input_count)
        fault(reader, "round", "a round to which the texts and inputs have led");
}

static void read_definition(const struct reader *reader, struct framework *framework)
{
    struct faults faults;
    const struct json *definition = json_get(reader->map, "definition");
    faults_init(&faults, reader->arena);
    if (!definition || definition->type != JSON_MAP)
        fault(reader, "definition", "a framework's definition");
    else if (!framework_read(reader->arena, definition, framework, &faults))
        for (size_t i = 0; i < faults.count; i++)
            faults_add(reader->faults,
                       arena_printf(reader->arena, "/definition%s", faults.items[i].pointer),
                       FAULT_TYPE, "%s", faults.items[i].detail);
}

bool decide_record_read(struct arena *arena, const struct json *record, struct framework *framework,
                        struct decide_case *decision, struct faults *faults)
{
    struct reader reader = {.arena = arena, .map = record, .at = "", .faults = faults};
    size_t found = faults->found;
    read_definition(&reader, framework);
    if (faults->found > found)
        return false;
    *decision =
        (struct decide_case){.arena = arena, .framework = framework, .status = DECIDE_CLOSED};
    read_head(&reader, decision);
    read_electors(&reader, decision);
    read_options(&reader, decision);
    read_inputs(&reader, decision);
    read_ballots(&reader, decision);
    read_proxies(&reader, decision);
    check_rounds(&reader, decision);
    return faults->found == found && decide_ready(decision, faults);
}
