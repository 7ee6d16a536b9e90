/* SPDX-License-Identifier: Apache-2.0 */
#include "ballot_profile.h"
#include "tally_method.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void keep_line(struct profile *profile, const char *start, size_t len)
{
    if (len >= profile->buffer_size) {
        profile->buffer_size = 2 * len + 256;
        profile->buffer = arena_alloc(profile->arena, profile->buffer_size);
    }
    memcpy(profile->buffer, start, len);
    profile->buffer[len] = '\0';
}

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
    const char *mark = comment ? memchr(start, comment, (size_t)(stop - start)) : NULL;
    for (; mark; mark = memchr(mark + 1, comment, (size_t)(stop - mark - 1)))
        if (mark == start || isspace((unsigned char)mark[-1])) {
            stop = mark;
            break;
        }
    while (start < stop && isspace((unsigned char)*start))
        start++;
    while (start < stop && isspace((unsigned char)stop[-1]))
        stop--;
    keep_line(profile, start, (size_t)(stop - start));
    *line = profile->buffer;
    return true;
}

bool profile_fault(struct profile *profile, enum fault_code code, const char *detail)
{
    char at[32];
    (void)snprintf(at, sizeof at, "line/%zu", profile->line);
    faults_add(profile->faults, at, code, "%s", detail);
    return false;
}

void profile_skip_blanks(char **at)
{
    while (isspace((unsigned char)**at))
        (*at)++;
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
static bool is_utf8(struct arena *arena, const char *text, size_t len)
{
    struct buf buf;
    struct json value;
    struct json_error error;
    buf_init(&buf, arena, SIZE_MAX);
    buf_json_string(&buf, text, len);
    return json_read(arena, buf.data, buf.len, &value, &error);
}

bool profile_option(struct profile *profile, const char *name, size_t len)
{
    profile->named++;
    if (profile->tally)
        return true;
    if (profile->option_count == TALLY_OPTIONS_MAX)
        return profile_fault(profile, FAULT_TOO_MANY, "There are too many options.");
    if (!is_utf8(profile->arena, name, len))
        return profile_fault(profile, FAULT_ENCODING, "The name is not valid UTF-8.");
    profile->names[profile->option_count++] = arena_strndup(profile->arena, name, len);
    return true;
}

bool profile_mark(struct profile *profile, size_t option, size_t rank, int64_t score)
{
    if (profile->seen[option] == profile->ballot + 1)
        return profile_fault(profile, FAULT_RANKING_DUPLICATE_OPTION,
                             "The option stands on the ballot already.");
    profile->seen[option] = profile->ballot + 1;
    profile->marks[profile->mark_count++] = (struct profile_mark){option, rank, score};
    profile->unscored = profile->unscored || score == PROFILE_UNSCORED;
    profile->graded = profile->graded || score > 1;
    return true;
}

/* ---- the ballot as JSON, so that all ballots are checked by the same rules ---- */

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

static struct json name_of(const struct profile *profile, size_t i)
{
    const char *name = profile->names[profile->marks[i].option];
    return (struct json){.type = JSON_TEXT, .text = {name, strlen(name)}};
}

static struct json ranking_of(struct profile *profile)
{
    const struct profile_mark *marks = profile->marks;
    size_t count = profile->mark_count;
    struct json ranking = json_list(&profile->scratch, count);
    struct json *names = arena_array(&profile->scratch, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = name_of(profile, i);
        if (!i || marks[i].rank != marks[i - 1].rank)
            json_append(&ranking, (struct json){.type = JSON_LIST, .list = {names + i, 0}});
        ranking.list.items[ranking.list.count - 1].list.count++;
    }
    return ranking;
}

static struct json scores_of(struct profile *profile)
{
    size_t count = profile->mark_count;
    struct json_member *members = arena_array(&profile->scratch, count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        const char *name = profile->names[profile->marks[i].option];
        struct json score = {.type = JSON_INT, .integer = profile->marks[i].score};
        members[i] = (struct json_member){name, strlen(name), score};
    }
    return (struct json){.type = JSON_MAP, .map = {members, count}};
}

/* The options of rank 1; a choice is the only one of them. Of approvals by 0 and 1 those with 1. */
static struct json first_of(struct profile *profile, enum tally_ballot kind)
{
    struct json first = json_list(&profile->scratch, profile->mark_count);
    bool scored = kind == TALLY_APPROVE && !profile->unscored;
    for (size_t i = 0; i < profile->mark_count; i++)
        if (scored ? profile->marks[i].score == 1 : profile->marks[i].rank == 1)
            json_append(&first, name_of(profile, i));
    if (kind == TALLY_APPROVE)
        return first;
    return first.list.count == 1 ? first.list.items[0] : (struct json){.type = JSON_NULL_VALUE};
}

static void add_ballot(struct profile *profile, int64_t count)
{
    enum tally_ballot kind = profile->tally->ballot;
    const char *name = tally_ballot_names[kind];
    struct json_member member = {name, strlen(name),
                                 kind == TALLY_RANKING  ? ranking_of(profile)
                                 : kind == TALLY_SCORES ? scores_of(profile)
                                                        : first_of(profile, kind)};
    struct json ballot = {.type = JSON_MAP, .map = {&member, 1}};
    char at[32];
    (void)snprintf(at, sizeof at, "line/%zu", profile->line);
    (void)tally_add_ballot(profile->tally, &ballot, count, 1, at, profile->faults);
    arena_reset(&profile->scratch);
}

void profile_ballot(struct profile *profile, int64_t count, bool fine)
{
    if (fine && count < 1)
        fine = profile_fault(profile, FAULT_TOO_SMALL, "A ballot counts at least once.");
    else if (fine && count > TALLY_VOTES_MAX)
        fine = profile_fault(profile, FAULT_TOO_LARGE, "A ballot counts at most 2^53 times.");
    /* Beyond what is listed there is nothing to say of the other million lines. */
    if (fine && profile->tally && profile->faults->found < FAULTS_MAX)
        add_ballot(profile, count);
    profile->mark_count = 0;
    profile->ballot++; /* goes on in the second reading, so that `seen` needs no clearing */
}
