/* SPDX-License-Identifier: Apache-2.0 */
#include "ballot_profile.h"
#include "tally_method.h"

#include <ctype.h>
#include <string.h>

bool profile_line(struct profile *profile, char comment, char **line)
{
    if (profile->at == profile->end)
        return false;
    const char *start = profile->at;
    const char *stop = memchr(start, '\n', (size_t)(profile->end - start));
    profile->at = stop ? stop + 1 : profile->end;
    if (!stop)
        stop = profile->end;
    profile->line++;
    for (const char *p = start; comment && p < stop; p++)
        if (*p == comment && (p == start || isspace((unsigned char)p[-1])))
            stop = p;
    while (start < stop && isspace((unsigned char)*start))
        start++;
    while (start < stop && isspace((unsigned char)stop[-1]))
        stop--;
    *line = arena_strndup(profile->arena, start, (size_t)(stop - start));
    return true;
}

bool profile_fault(struct profile *profile, enum fault_code code, const char *detail)
{
    faults_add(profile->faults, arena_printf(profile->arena, "line/%zu", profile->line), code, "%s",
               detail);
    return false;
}

bool profile_number(char **at, int64_t *number)
{
    char *p = *at;
    int64_t value = 0;
    for (; isdigit((unsigned char)*p); p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *p - '0', &value))
            return false;
    if (p == *at)
        return false;
    *at = p;
    *number = value;
    return true;
}

/* The JSON reader knows what UTF-8 is. */
static bool is_utf8(struct arena *arena, const char *text)
{
    struct buf buf;
    struct json value;
    struct json_error error;
    buf_init(&buf, arena, SIZE_MAX);
    buf_json_string(&buf, text, strlen(text));
    return json_read(arena, buf.data, buf.len, &value, &error);
}

bool profile_option(struct profile *profile, const char *name)
{
    if (profile->option_count == TALLY_OPTIONS_MAX)
        return profile_fault(profile, FAULT_TOO_MANY, "There are too many options.");
    if (!is_utf8(profile->arena, name))
        return profile_fault(profile, FAULT_ENCODING, "The name is not valid UTF-8.");
    profile->names[profile->option_count++] = name;
    return true;
}

bool profile_mark(struct profile *profile, size_t option, size_t rank, int64_t score)
{
    for (size_t i = 0; i < profile->mark_count; i++)
        if (profile->marks[i].option == option)
            return profile_fault(profile, FAULT_RANKING_DUPLICATE_OPTION,
                                 "The option stands on the ballot already.");
    profile->marks[profile->mark_count++] = (struct profile_mark){option, rank, score};
    return true;
}

void profile_ballot(struct profile *profile, int64_t count)
{
    if (profile->ballot_count == profile->capacity) {
        profile->capacity = profile->capacity ? 2 * profile->capacity : 64;
        struct profile_ballot *more = arena_array(profile->arena, profile->capacity, sizeof *more);
        if (profile->ballot_count)
            memcpy(more, profile->ballots, profile->ballot_count * sizeof *more);
        profile->ballots = more;
    }
    size_t size = profile->mark_count * sizeof *profile->marks;
    struct profile_mark *marks = arena_alloc(profile->arena, size);
    memcpy(marks, profile->marks, size);
    profile->ballots[profile->ballot_count++] =
        (struct profile_ballot){count, marks, profile->mark_count};
    profile->mark_count = 0;
}

/* ---- as a request ---- */

static struct json json_text(const char *text)
{
    return (struct json){.type = JSON_TEXT, .text = {text, strlen(text)}};
}

static struct json json_int(int64_t integer)
{
    return (struct json){.type = JSON_INT, .integer = integer};
}

static struct json json_list(struct arena *arena, size_t room)
{
    struct json *items = arena_array(arena, room, sizeof *items);
    return (struct json){.type = JSON_LIST, .list = {items, 0}};
}

static struct json *json_append(struct json *list, struct json value)
{
    list->list.items[list->list.count] = value;
    return &list->list.items[list->list.count++];
}

static struct json json_map(struct arena *arena, size_t room)
{
    struct json_member *members = arena_array(arena, room, sizeof *members);
    return (struct json){.type = JSON_MAP, .map = {members, 0}};
}

static void json_put(struct json *map, const char *key, struct json value)
{
    map->map.members[map->map.count++] = (struct json_member){key, strlen(key), value};
}

static struct json ranking_of(const struct profile *profile, const struct profile_ballot *ballot)
{
    struct json ranking = json_list(profile->arena, ballot->mark_count);
    struct json *group = NULL;
    for (size_t i = 0; i < ballot->mark_count; i++) {
        if (!i || ballot->marks[i].rank != ballot->marks[i - 1].rank)
            group = json_append(&ranking, json_list(profile->arena, ballot->mark_count - i));
        json_append(group, json_text(profile->names[ballot->marks[i].option]));
    }
    return ranking;
}

static struct json scores_of(const struct profile *profile, const struct profile_ballot *ballot)
{
    struct json scores = json_map(profile->arena, ballot->mark_count);
    for (size_t i = 0; i < ballot->mark_count; i++)
        if (ballot->marks[i].score != PROFILE_UNSCORED)
            json_put(&scores, profile->names[ballot->marks[i].option],
                     json_int(ballot->marks[i].score));
    return scores;
}

/* The options of rank 1; a choice is the only one of them. */
static struct json first_of(const struct profile *profile, const struct profile_ballot *ballot)
{
    struct json first = json_list(profile->arena, ballot->mark_count);
    for (size_t i = 0; i < ballot->mark_count && ballot->marks[i].rank == 1; i++)
        json_append(&first, json_text(profile->names[ballot->marks[i].option]));
    return first;
}

static struct json choice_of(const struct profile *profile, const struct profile_ballot *ballot)
{
    struct json first = first_of(profile, ballot);
    return first.list.count == 1 ? first.list.items[0] : (struct json){.type = JSON_NULL_VALUE};
}

static struct json ballot_of(const struct profile *profile, const struct profile_ballot *ballot,
                             enum tally_ballot kind)
{
    struct json json = json_map(profile->arena, 2);
    struct json marks = kind == TALLY_CHOICE    ? choice_of(profile, ballot)
                        : kind == TALLY_APPROVE ? first_of(profile, ballot)
                        : kind == TALLY_SCORES  ? scores_of(profile, ballot)
                                                : ranking_of(profile, ballot);
    json_put(&json, "count", json_int(ballot->count));
    json_put(&json, tally_ballot_names[kind], marks);
    return json;
}

/* Whether the file tells what ballots of that kind say. */
static bool has_kind(const struct profile *profile, enum tally_method method)
{
    switch (tally_kinds[method].ballot) {
    case TALLY_CHOICE:
        return method != TALLY_MAJORITY;
    case TALLY_RANKING:
        return true;
    case TALLY_APPROVE:
        return strcmp(profile->method, "approval") == 0;
    case TALLY_SCORES:
        for (size_t b = 0; b < profile->ballot_count; b++)
            for (size_t i = 0; i < profile->ballots[b].mark_count; i++)
                if (profile->ballots[b].marks[i].score == PROFILE_UNSCORED)
                    return false;
        return true;
    case TALLY_POINTS:
        break;
    }
    return false;
}

static bool to_request(struct profile *profile, const char *name, struct json *request)
{
    enum tally_method method;
    if (!tally_method_find(name, &method)) {
        faults_add(profile->faults, "/method", FAULT_ENUM, "There is no such method.");
        return false;
    }
    if (!has_kind(profile, method)) {
        faults_add(profile->faults, "/method", FAULT_BALLOT_KIND_MISMATCH,
                   "The ballots of the file can't be counted by %s.", name);
        return false;
    }
    struct json options = json_list(profile->arena, profile->option_count);
    struct json ballots = json_list(profile->arena, profile->ballot_count);
    for (size_t i = 0; i < profile->option_count; i++)
        json_append(&options, json_text(profile->names[i]));
    for (size_t b = 0; b < profile->ballot_count; b++)
        json_append(&ballots, ballot_of(profile, &profile->ballots[b], tally_kinds[method].ballot));
    *request = json_map(profile->arena, 4);
    json_put(request, "method", json_text(tally_kinds[method].name));
    json_put(request, "options", options);
    json_put(request, "seats", json_int(tally_kinds[method].one_seat ? 1 : profile->seats));
    json_put(request, "ballots", ballots);
    return true;
}

static bool read_json(struct profile *profile, const char *method, struct json *request)
{
    struct json_error error;
    if (!json_read(profile->arena, profile->at, (size_t)(profile->end - profile->at), request,
                   &error)) {
        faults_add(profile->faults, "", FAULT_FORMAT, "%s", error.message);
        return false;
    }
    if (!method || request->type != JSON_MAP)
        return true;
    struct json changed = json_map(profile->arena, request->map.count + 1);
    json_put(&changed, "method", json_text(method));
    for (size_t i = 0; i < request->map.count; i++)
        if (strcmp(request->map.members[i].key, "method") != 0)
            changed.map.members[changed.map.count++] = request->map.members[i];
    *request = changed;
    return true;
}

bool ballot_file_read(struct arena *arena, const char *name, const char *text, size_t len,
                      const char *method, struct json *request, struct faults *faults)
{
    static const struct {
        const char *ending, *method;
        bool (*read)(struct profile *profile);
    } formats[] = {
        {".blt", "stv", profile_read_blt},         {".soc", "schulze", profile_read_preflib},
        {".soi", "schulze", profile_read_preflib}, {".toc", "schulze", profile_read_preflib},
        {".toi", "schulze", profile_read_preflib}, {".cat", "approval", profile_read_preflib},
        {".abif", "schulze", profile_read_abif},
    };
    struct profile *profile = arena_alloc(arena, sizeof *profile);
    *profile = (struct profile){
        .arena = arena, .faults = faults, .seats = 1, .at = text, .end = text + len};
    const char *ending = strrchr(name, '.');
    if (ending && strcasecmp(ending, ".json") == 0)
        return read_json(profile, method, request);
    for (size_t i = 0; ending && i < sizeof formats / sizeof formats[0]; i++)
        if (strcasecmp(ending, formats[i].ending) == 0) {
            profile->method = formats[i].method;
            return formats[i].read(profile) &&
                   to_request(profile, method ? method : profile->method, request);
        }
    faults_add(faults, "", FAULT_FORMAT,
               "The name must end in .json, .blt, .soc, .soi, .toc, .toi, .cat or .abif.");
    return false;
}
