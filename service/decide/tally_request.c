/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_method.h"

#include <string.h>

static void read_ballots(struct tally *tally, const struct json *ballots, struct faults *faults)
{
    if (!ballots || ballots->type != JSON_LIST) {
        faults_add(faults, "/ballots", ballots ? FAULT_TYPE : FAULT_REQUIRED,
                   "The ballots are a list.");
        return;
    }
    size_t count = ballots->list.count;
    if (count > TALLY_CELLS_MAX / tally->option_count) {
        faults_add(faults, "/ballots", FAULT_TOO_MANY, "At most %zu ballots with %zu options.",
                   TALLY_CELLS_MAX / tally->option_count, tally->option_count);
        return;
    }
    tally_reserve(tally, count);
    for (size_t i = 0; i < count; i++)
        (void)tally_add_item(tally, &ballots->list.items[i], "/ballots", i, faults);
}

/* An integer member of the request, or `otherwise`. */
static int64_t read_whole(const struct json *request, const char *key, int64_t otherwise,
                          struct faults *faults)
{
    const struct json *value = json_get(request, key);
    if (!value)
        return otherwise;
    if (value->type == JSON_INT && value->integer >= 0)
        return value->integer;
    faults_add(faults, tally_pointer(faults->arena, "", key),
               value->type == JSON_INT ? FAULT_TOO_SMALL : FAULT_TYPE,
               "It must be an integer that is not negative.");
    return otherwise;
}

static void check_members(const struct json *request, struct faults *faults)
{
    static const char *const known[] = {"method",     "options", "seats",
                                        "electorate", "config",  "ballots"};
    for (size_t i = 0; i < request->map.count; i++) {
        bool found = false;
        for (size_t j = 0; j < sizeof known / sizeof known[0]; j++)
            found = found || strcmp(request->map.members[i].key, known[j]) == 0;
        if (!found)
            faults_add(faults, tally_pointer(faults->arena, "", request->map.members[i].key),
                       FAULT_UNKNOWN_MEMBER, "A tally has no such member.");
    }
}

/* The method; faults are listed. */
static bool read_method(const struct json *request, enum tally_method *method,
                        struct faults *faults)
{
    const struct json *value = json_get(request, "method");
    if (!value)
        faults_add(faults, "/method", FAULT_REQUIRED, "Name the method.");
    else if (value->type != JSON_TEXT)
        faults_add(faults, "/method", FAULT_TYPE, "The method is a text.");
    else if (!tally_method_find(value->text.data, method))
        faults_add(faults, "/method", FAULT_ENUM, "There is no such method.");
    else
        return true;
    return false;
}

/* The options as texts. False: they are no list of texts, and faults are listed. */
static bool read_options(struct arena *arena, const struct json *request, struct tally_setup *setup,
                         struct faults *faults)
{
    const struct json *value = json_get(request, "options");
    if (!value && setup->method == TALLY_MAJORITY)
        return true;
    if (!value || value->type != JSON_LIST) {
        faults_add(faults, "/options", value ? FAULT_TYPE : FAULT_REQUIRED,
                   "The options are a list of texts.");
        return false;
    }
    setup->option_count = value->list.count;
    const char **options = arena_array(arena, value->list.count, sizeof *options);
    size_t found = faults->found;
    for (size_t i = 0; i < value->list.count; i++) {
        const struct json *item = &value->list.items[i];
        options[i] = item->type == JSON_TEXT ? item->text.data : NULL;
        if (!options[i])
            faults_add(faults, arena_printf(faults->arena, "/options/%zu", i), FAULT_TYPE,
                       "An option is a text.");
        else if (setup->method == TALLY_MAJORITY && !json_is_text(item, "yes") &&
                 !json_is_text(item, "no") && !json_is_text(item, "abstain"))
            faults_add(faults, arena_printf(faults->arena, "/options/%zu", i), FAULT_ENUM,
                       "A majority decides between yes and no.");
    }
    setup->options = options;
    return faults->found == found;
}

void tally_check_electorate(const struct tally *tally, struct faults *faults)
{
    if (tally->electorate >= 0 && tally->cast > tally->electorate)
        faults_add(faults, "/electorate", FAULT_ELECTORATE_EXCEEDED,
                   "%lld votes were cast, but %lld are eligible.", (long long)tally->cast,
                   (long long)tally->electorate);
}

bool tally_read(struct arena *arena, const struct json *request, struct tally *tally,
                struct faults *faults)
{
    size_t found = faults->found;
    struct tally_setup setup = {0};
    if (request->type != JSON_MAP) {
        faults_add(faults, "", FAULT_TYPE, "A tally is an object.");
        return false;
    }
    check_members(request, faults);
    if (!read_method(request, &setup.method, faults) ||
        !read_options(arena, request, &setup, faults))
        return false;
    setup.seats = read_whole(request, "seats", 1, faults);
    setup.electorate = read_whole(request, "electorate", -1, faults);
    setup.config = json_get(request, "config");
    (void)tally_init(arena, tally, &setup, "", faults);
    if (tally->slots) /* without options there is no reading ballots */
        read_ballots(tally, json_get(request, "ballots"), faults);
    if (faults->found == found)
        tally_check_electorate(tally, faults);
    return faults->found == found;
}
