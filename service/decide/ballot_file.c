/* SPDX-License-Identifier: Apache-2.0 */
#include "ballot_profile.h"
#include "tally_method.h"

#include <ctype.h>
#include <string.h>

struct format {
    const char *name, *method; /* the usual one */
    bool (*read)(struct profile *profile);
};

static const struct format formats[] = {
    {"json", NULL, NULL},
    {"blt", "stv", profile_read_blt},
    {"soc", "schulze", profile_read_preflib},
    {"soi", "schulze", profile_read_preflib},
    {"toc", "schulze", profile_read_preflib},
    {"toi", "schulze", profile_read_preflib},
    {"cat", "approval", profile_read_preflib},
    {"abif", "schulze", profile_read_abif},
};

/* ---- which format ---- */

static const struct format *format_named(const char *name)
{
    for (size_t i = 0; name && i < sizeof formats / sizeof formats[0]; i++)
        if (strcasecmp(name, formats[i].name) == 0)
            return &formats[i];
    return NULL;
}

static const char *line_end(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return stop ? stop : end;
}

/* ABIF begins with maps of metadata, each a line of its own; a JSON text is one map. */
static bool is_metadata(const char *at, const char *end)
{
    const char *stop = line_end(at, end);
    int depth = 0;
    bool quoted = false;
    for (const char *p = at; p < stop; p++) {
        if (*p == '\\' && quoted)
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (*p == '{') - (*p == '}');
    }
    while (stop < end && isspace((unsigned char)*stop))
        stop++;
    return !depth && stop < end;
}

/* "5 3": nothing but two numbers. */
static bool is_blt_head(const char *at, const char *end)
{
    int numbers = 0;
    bool inside = false;
    for (; at < end && *at != '\n' && *at != '#'; at++) {
        if (!isdigit((unsigned char)*at) && !isspace((unsigned char)*at))
            return false;
        numbers += isdigit((unsigned char)*at) && !inside;
        inside = isdigit((unsigned char)*at);
    }
    return numbers == 2;
}

static bool contains(const char *at, const char *stop, const char *word)
{
    return memmem(at, (size_t)(stop - at), word, strlen(word)) != NULL;
}

/* As the text begins; NULL if that does not tell. */
static const struct format *format_of(const char *at, const char *end)
{
    bool preflib = false;
    for (; at < end; at = line_end(at, end) + (line_end(at, end) < end)) {
        const char *stop = line_end(at, end);
        while (at < stop && isspace((unsigned char)*at))
            at++;
        if (at == stop)
            continue;
        if (*at == '#') {
            if (contains(at, stop, "CATEGORY NAME") || contains(at, stop, "NUMBER CATEGORIES"))
                return format_named("cat");
            preflib = preflib || contains(at, stop, "ALTERNATIVE NAME");
            continue;
        }
        if (preflib)
            return format_named("toi");
        if (*at == '{')
            return format_named(is_metadata(at, end) ? "abif" : "json");
        if (is_blt_head(at, end))
            return format_named("blt");
        return *at == '=' || isdigit((unsigned char)*at) ? format_named("abif") : NULL;
    }
    return NULL;
}

static const struct format *find_format(const struct ballot_file *file, struct faults *faults)
{
    const char *ending = file->name ? strrchr(file->name, '.') : NULL;
    const struct format *format = format_named(file->format ? file->format
                                               : ending     ? ending + 1
                                                            : NULL);
    if (!format && !file->format)
        format = format_of(file->text, file->text + file->len);
    if (!format)
        faults_add(faults, "", FAULT_FORMAT,
                   file->format ? "The formats are json, blt, soc, soi, toc, toi, cat and abif."
                                : "Neither the name nor the text tells the format of the file.");
    return format;
}

/* ---- json ---- */

/* The request with what is to be taken instead of what it says. */
static struct json changed(struct arena *arena, const struct json *request,
                           const struct ballot_file *file)
{
    struct json_member members[] = {
        {"method", 6, {.type = JSON_TEXT}},
        {"seats", 5, {.type = JSON_INT, .integer = file->seats}},
        {"electorate", 10, {.type = JSON_INT, .integer = file->electorate}},
        {"config", 6, {.type = JSON_NULL_VALUE}},
    };
    bool given[] = {file->method, file->seats, file->electorate >= 0, file->config};
    const size_t most = sizeof members / sizeof members[0];
    if (file->method) {
        members[0].value.text.data = file->method;
        members[0].value.text.len = strlen(file->method);
    }
    if (file->config)
        members[3].value = *file->config;
    struct json_member *all =
        arena_array(arena, request->map.count + most, sizeof *request->map.members);
    size_t count = 0;
    for (size_t k = 0; k < most; k++)
        if (given[k])
            all[count++] = members[k];
    for (size_t i = 0; i < request->map.count; i++) {
        bool replaced = false;
        for (size_t k = 0; k < most; k++)
            replaced =
                replaced || (given[k] && strcmp(request->map.members[i].key, members[k].key) == 0);
        if (!replaced)
            all[count++] = request->map.members[i];
    }
    return (struct json){.type = JSON_MAP, .map = {all, count}};
}

static bool read_json(struct arena *arena, const struct ballot_file *file, struct tally *tally,
                      struct faults *faults)
{
    struct json request;
    struct json_error error;
    if (file->len > BALLOT_JSON_MAX) {
        faults_add(faults, "", FAULT_TOO_LONG,
                   "A json has at most %zu bytes; the other formats may be longer.",
                   BALLOT_JSON_MAX);
        return false;
    }
    if (!json_read(arena, file->text, file->len, &request, &error)) {
        faults_add(faults, "", FAULT_FORMAT, "%s", error.message);
        return false;
    }
    if (request.type == JSON_MAP)
        request = changed(arena, &request, file);
    return tally_read(arena, &request, tally, faults);
}

/* ---- the others ---- */

/* Whether the file tells what ballots of that kind say. */
static bool has_kind(const struct profile *profile, const struct format *format,
                     enum tally_method method)
{
    switch (tally_kinds[method].ballot) {
    case TALLY_CHOICE:
        return method != TALLY_MAJORITY;
    case TALLY_RANKING:
        return true;
    case TALLY_APPROVE:
        return strcmp(format->name, "cat") == 0 || (!profile->unscored && !profile->graded);
    case TALLY_SCORES:
        return !profile->unscored;
    case TALLY_POINTS:
        break;
    }
    return false;
}

static bool set_up(struct profile *profile, const struct ballot_file *file,
                   const struct format *format, struct tally *tally)
{
    const char *name = file->method ? file->method : format->method;
    struct tally_setup setup = {
        .options = profile->names,
        .option_count = profile->option_count,
        .electorate = file->electorate,
        .config = file->config,
    };
    if (!tally_method_find(name, &setup.method)) {
        faults_add(profile->faults, "/method", FAULT_ENUM, "There is no such method.");
        return false;
    }
    if (!has_kind(profile, format, setup.method)) {
        faults_add(profile->faults, "/method", FAULT_BALLOT_KIND_MISMATCH,
                   "The ballots of the file can't be counted by %s.", name);
        return false;
    }
    setup.seats = file->seats                          ? file->seats
                  : tally_kinds[setup.method].one_seat ? 1
                                                       : profile->seats;
    return tally_init(profile->arena, tally, &setup, "", profile->faults);
}

static bool read_again(struct profile *profile, const struct format *format)
{
    profile->at = profile->text;
    profile->line = profile->named = 0;
    return format->read(profile);
}

/* What some editors put before a text, which is none of it. */
static struct ballot_file without_mark(const struct ballot_file *file)
{
    struct ballot_file rest = *file;
    if (file->len >= 3 && memcmp(file->text, "\xef\xbb\xbf", 3) == 0) {
        rest.text += 3;
        rest.len -= 3;
    }
    return rest;
}

bool ballot_file_read(struct arena *arena, const struct ballot_file *given, struct tally *tally,
                      struct faults *faults)
{
    size_t found = faults->found;
    struct ballot_file bare = without_mark(given), *file = &bare;
    const struct format *format = find_format(file, faults);
    if (!format)
        return false;
    if (!format->read)
        return read_json(arena, file, tally, faults);
    struct profile *profile = arena_alloc(arena, sizeof *profile);
    *profile = (struct profile){.arena = arena, .faults = faults, .seats = 1, .text = file->text};
    profile->end = file->text + file->len;
    if (!read_again(profile, format) || faults->found > found ||
        !set_up(profile, file, format, tally))
        return false;
    profile->tally = tally;
    (void)read_again(profile, format);
    arena_release(&profile->scratch);
    tally_check_electorate(tally, faults);
    return faults->found == found;
}
