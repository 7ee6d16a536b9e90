/* SPDX-License-Identifier: Apache-2.0 */
#include "../markdown.h"
#include "decision_markdown.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static int compare_names(const void *a, const void *b)
{
    const struct decision_markdown_name *x = a, *y = b;
    return strcmp(x->key, y->key);
}

static const struct record_list *list_of(const struct decision_markdown *record, const char *name)
{
    return record_lists_find(&record->source->lists, name);
}

/* By all of their roles. */
static enum decision_markdown_part part_of(const struct json *person)
{
    static const char *const asked[] = {"consulted", "affected", "expert", "contributors", "input"};
    const struct json *roles = json_get(person, "roles");
    enum decision_markdown_part part = INFORMED;
    for (size_t i = 0; i < roles->list.count; i++) {
        enum decision_markdown_part role =
            json_is_text(&roles->list.items[i], "informed") ? INFORMED : DECIDES;
        for (size_t j = 0; j < sizeof asked / sizeof *asked; j++)
            if (json_is_text(&roles->list.items[i], asked[j]))
                role = CONSULTED;
        part = role < part ? role : part;
    }
    return part;
}

static void add_name(struct decision_markdown *record, const char *key, const char *name,
                     enum decision_markdown_part part)
{
    record->names[record->name_count++] =
        (struct decision_markdown_name){.key = arena_strdup(record->arena, key),
                                        .name = arena_strdup(record->arena, name),
                                        .part = part};
}

bool decision_markdown_index(struct decision_markdown *record)
{
    const struct record_list *list = list_of(record, "stakeholders");
    const struct json *options = &record->options;
    struct record_walk people;
    record->names =
        arena_array(record->arena, list->count + options->list.count, sizeof *record->names);
    for (record_walk_begin(&people, list); people.item; record_walk_next(&people)) {
        add_name(record, json_get_text(people.item, "member_id"),
                 json_get_text(people.item, "display_name"), part_of(people.item));
        record->weighted = record->weighted || json_get_int(people.item, "weight", 1) != 1;
    }
    for (size_t i = 0; i < options->list.count; i++)
        add_name(record, json_get_text(&options->list.items[i], "key"),
                 json_get_text(&options->list.items[i], "title"), IS_OPTION);
    if (record->name_count)
        qsort(record->names, record->name_count, sizeof *record->names, compare_names);
    return record_walk_end(&people);
}

/* NULL when it names neither a member nor an option. */
static const char *name_of(const struct decision_markdown *record, const char *text)
{
    const struct decision_markdown_name key = {.key = text};
    const struct decision_markdown_name *found =
        record->name_count
            ? bsearch(&key, record->names, record->name_count, sizeof key, compare_names)
            : NULL;
    return found ? found->name : NULL;
}

void decision_markdown_name(const struct decision_markdown *record, const char *text)
{
    const char *name = name_of(record, text);
    markdown_line(record->out, name ? name : text);
}

/* ---- values ---- */

/* "arguments_given" as "Arguments given", "member_id" as "Member". */
static void write_words(const struct decision_markdown *record, const char *key, bool capital)
{
    size_t len = strlen(key);
    bool id = len > 3 && strcmp(key + len - 3, "_id") == 0;
    char *words = arena_strndup(record->arena, key, id ? len - 3 : len);
    for (char *c = words; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    if (capital)
        words[0] = (char)toupper((unsigned char)words[0]);
    markdown_line(record->out, words);
}

static bool is_fraction(const struct json *value)
{
    return value->type == JSON_LIST && value->list.count == 2 &&
           value->list.items[0].type == JSON_INT && value->list.items[1].type == JSON_INT;
}

/* Between the items of a list: those of a ranking are better than the next, and those of a group of
 * it are equal; of a pair the first stands above the second. */
static const char *between(const char *key, const struct json *list)
{
    bool ranking = strcmp(key, "ranking") == 0;
    if (is_fraction(list))
        return "/";
    if (list->list.items[0].type == JSON_LIST)
        return ranking ? " > " : ", ";
    if (strcmp(key, "locked") == 0 || strcmp(key, "conflicts") == 0)
        return " > ";
    return ranking ? " = " : ", ";
}

static void write_map(const struct decision_markdown *record, const struct json *map)
{
    size_t count = 0;
    for (size_t i = 0; i < map->map.count; i++) {
        const struct json_member *member = &map->map.members[i];
        if (member->value.type == JSON_NULL_VALUE)
            continue;
        buf_text(record->out, count++ ? "; " : "");
        if (name_of(record, member->key))
            decision_markdown_name(record, member->key);
        else
            write_words(record, member->key, false);
        buf_text(record->out, ": ");
        decision_markdown_value(record, member->key, &member->value);
    }
    if (!count)
        buf_text(record->out, "–");
}

void decision_markdown_value(const struct decision_markdown *record, const char *key,
                             const struct json *value)
{
    struct buf *out = record->out;
    switch (value->type) {
    case JSON_NULL_VALUE:
        buf_text(out, "–");
        break;
    case JSON_BOOLEAN:
        buf_text(out, value->boolean ? "yes" : "no");
        break;
    case JSON_TEXT:
        if (strlen(key) > 3 && strcmp(key + strlen(key) - 3, "_at") == 0)
            markdown_time(out, value->text.data);
        else
            decision_markdown_name(record, value->text.data);
        break;
    case JSON_LIST:
        for (size_t i = 0; i < value->list.count; i++) {
            const struct json *item = &value->list.items[i];
            buf_text(out, i ? between(key, value) : "");
            buf_text(out, item->type == JSON_MAP ? "(" : "");
            decision_markdown_value(record, key, item);
            buf_text(out, item->type == JSON_MAP ? ")" : "");
        }
        buf_text(out, value->list.count ? "" : "–");
        break;
    case JSON_MAP:
        write_map(record, value);
        break;
    case JSON_INT:
    case JSON_NUMBER:
    default:
        json_write(out, value);
    }
}

/* ---- tables ---- */

static void write_heads(const struct decision_markdown *record, const struct json *keys)
{
    struct buf *out = record->out;
    for (size_t i = 0; i < keys->list.count; i++) {
        const char *key = keys->list.items[i].text.data;
        buf_text(out, i ? " " : "| ");
        if (name_of(record, key))
            decision_markdown_name(record, key);
        else
            write_words(record, key, true);
        buf_text(out, " |");
    }
    buf_text(out, "\n|");
    for (size_t i = 0; i < keys->list.count; i++)
        buf_text(out, " --- |");
    buf_char(out, '\n');
}

static void add_key(struct arena *arena, struct json *keys, const char *key)
{
    for (size_t i = 0; i < keys->list.count; i++)
        if (json_is_text(&keys->list.items[i], key))
            return;
    struct json *items = arena_array(arena, keys->list.count + 1, sizeof *items);
    if (keys->list.count)
        memcpy(items, keys->list.items, keys->list.count * sizeof *items);
    items[keys->list.count] =
        (struct json){.type = JSON_TEXT, .text = {.data = key, .len = strlen(key)}};
    keys->list.items = items;
    keys->list.count++;
}

/* Ids of what is told elsewhere, and what was said. */
static bool is_column(const char *key)
{
    return strcmp(key, "input") != 0 && strcmp(key, "id") != 0 && strcmp(key, "data") != 0;
}

/* Rows that are maps, with a column for each member that one of them has, after those of `first`;
 * if there is a first one, it has the names of the rows. */
static void write_rows(const struct decision_markdown *record, const struct json *first,
                       const struct json *rows, size_t count, const char *const *names)
{
    struct json keys = *first;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; rows[i].type == JSON_MAP && j < rows[i].map.count; j++)
            if (is_column(rows[i].map.members[j].key))
                add_key(record->arena, &keys, rows[i].map.members[j].key);
    write_heads(record, &keys);
    for (size_t i = 0; i < count; i++) {
        buf_char(record->out, '|');
        for (size_t j = 0; j < keys.list.count; j++) {
            const char *key = keys.list.items[j].text.data;
            const struct json *value = json_get(&rows[i], key);
            buf_char(record->out, ' ');
            if (j == 0 && names)
                decision_markdown_name(record, names[i]);
            else if (value)
                decision_markdown_value(record, key, value);
            buf_text(record->out, " |");
        }
        buf_char(record->out, '\n');
    }
}

/* A map whose keys name options or members: a row each. Of options against options the columns are
 * in the order of the rows. */
static void write_table(const struct decision_markdown *record, const struct json *map)
{
    size_t count = map->map.count;
    const char **names = arena_array(record->arena, count, sizeof *names);
    struct json *rows = arena_array(record->arena, count, sizeof *rows);
    struct json first = {.type = JSON_LIST};
    add_key(record->arena, &first, "");
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = &map->map.members[i];
        struct json_member *cell = arena_alloc(record->arena, sizeof *cell);
        names[i] = member->key;
        *cell = (struct json_member){.key = "count", .key_len = 5, .value = member->value};
        rows[i] = (struct json){.type = JSON_MAP, .map = {.members = cell, .count = 1}};
        if (member->value.type == JSON_MAP)
            rows[i] = member->value;
        if (json_get(&map->map.members[(i + 1) % count].value, names[i]))
            add_key(record->arena, &first, names[i]);
    }
    write_rows(record, &first, rows, count, names);
}

/* Rounds have a number. */
static void write_list(const struct decision_markdown *record, const char *key,
                       const struct json *list)
{
    const char **names = NULL;
    struct json first = {.type = JSON_LIST};
    if (strcmp(key, "rounds") == 0 && !json_get(&list->list.items[0], "round")) {
        names = arena_array(record->arena, list->list.count, sizeof *names);
        add_key(record->arena, &first, "round");
        for (size_t i = 0; i < list->list.count; i++)
            names[i] = arena_printf(record->arena, "%zu", i + 1);
    }
    write_rows(record, &first, list->list.items, list->list.count, names);
}

/* ---- the report, by its shape ---- */

static bool is_table(const struct decision_markdown *record, const struct json *value)
{
    if (value->type == JSON_LIST)
        return value->list.count && value->list.items[0].type == JSON_MAP;
    return value->type == JSON_MAP && value->map.count &&
           name_of(record, value->map.members[0].key);
}

static bool is_nested(const struct decision_markdown *record, const struct json *value)
{
    for (size_t i = 0; value->type == JSON_MAP && i < value->map.count; i++) {
        const struct json *inner = &value->map.members[i].value;
        if (inner->type == JSON_MAP || is_table(record, inner))
            return true;
    }
    return false;
}

/* Those are told elsewhere in the document. */
static bool is_told(const char *key)
{
    static const char *const told[] = {"framework", "outcome",  "winners", "phase",
                                       "round",     "revision", "decision"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (strcmp(told[i], key) == 0)
            return true;
    return false;
}

/* The lines of a report at once, so that each table stands by itself after them. `above` is the
 * member that they stand in, or NULL. */
static void write_lines(const struct decision_markdown *record, const struct json *map,
                        const char *above)
{
    bool tally = above && (strcmp(above, "tally") == 0 || strcmp(above, "report") == 0);
    for (size_t i = 0; i < map->map.count; i++) {
        const struct json_member *member = &map->map.members[i];
        const struct json *value = &member->value;
        bool empty = value->type == JSON_NULL_VALUE ||
                     (value->type == JSON_LIST && !value->list.count) ||
                     (value->type == JSON_MAP && !value->map.count);
        if (is_told(member->key) || !is_column(member->key) ||
            (tally && strcmp(member->key, "method") == 0) || empty || is_table(record, value))
            continue;
        if (is_nested(record, value)) {
            write_lines(record, value, member->key);
            continue;
        }
        buf_text(record->out, "* ");
        if (above && !tally) {
            write_words(record, above, true);
            buf_text(record->out, ", ");
        }
        write_words(record, member->key, !above || tally);
        buf_text(record->out, ": ");
        decision_markdown_value(record, member->key, value);
        buf_char(record->out, '\n');
    }
}

static void write_tables(const struct decision_markdown *record, const struct json *map)
{
    for (size_t i = 0; i < map->map.count; i++) {
        const struct json_member *member = &map->map.members[i];
        if (is_told(member->key))
            continue;
        if (is_table(record, &member->value)) {
            buf_text(record->out, "\n**");
            write_words(record, member->key, true);
            buf_text(record->out, "**\n\n");
            if (member->value.type == JSON_LIST)
                write_list(record, member->key, &member->value);
            else
                write_table(record, &member->value);
        } else if (is_nested(record, &member->value)) {
            write_tables(record, &member->value);
        }
    }
}

void decision_markdown_count(const struct decision_markdown *record)
{
    if (record->report.type != JSON_MAP)
        return;
    buf_text(record->out, "\n### How it was counted\n\n");
    write_lines(record, &record->report, NULL);
    write_tables(record, &record->report);
}

/* ---- people ---- */

/* The next ballot of the member, on the last revision. The record has people, and of each revision
 * the ballots, in the order of their members. */
static const struct json *next_ballot(const struct decision_markdown *record, const char *member,
                                      struct record_walk *ballots)
{
    for (; ballots->item; record_walk_next(ballots)) {
        if (json_get_int(ballots->item, "revision", 0) != rows_int(record->rows, 0, "revision", 0))
            continue;
        int order = strcmp(json_get_text(ballots->item, "member_id"), member);
        if (order >= 0)
            return order == 0 ? json_get(ballots->item, "ballot") : NULL;
    }
    return NULL;
}

/* A ballot of one member needs no word for it. */
static void write_ballot(const struct decision_markdown *record, const struct json *ballot)
{
    if (ballot && ballot->type == JSON_MAP && ballot->map.count == 1)
        decision_markdown_value(record, ballot->map.members[0].key, &ballot->map.members[0].value);
    else if (ballot)
        decision_markdown_value(record, "", ballot);
}

static void write_person(const struct decision_markdown *record, const struct json *person,
                         bool voted, struct record_walk *ballots)
{
    struct buf *out = record->out;
    const char *left = json_get_text(person, "left_at");
    buf_text(out, "| ");
    markdown_line(out, json_get_text(person, "display_name"));
    buf_text(out, left ? " (left) | " : " | ");
    decision_markdown_value(record, "", json_get(person, "roles"));
    if (record->weighted)
        buf_printf(out, " | %lld", (long long)json_get_int(person, "weight", 1));
    if (voted) {
        buf_text(out, " | ");
        write_ballot(record, next_ballot(record, json_get_text(person, "member_id"), ballots));
    }
    buf_text(out, " |\n");
}

static void write_secret_ballots(const struct decision_markdown *record)
{
    struct json ballots = {.type = JSON_NULL_VALUE};
    (void)rows_json(record->rows, 0, "ballots", &ballots, record->arena);
    if (ballots.type != JSON_LIST || !ballots.list.count)
        return;
    buf_text(record->out, "\n### Secret ballots\n\n| Ballot | Cast |\n| --- | --- |\n");
    for (size_t i = 0; i < ballots.list.count; i++) {
        const struct json *ballot = &ballots.list.items[i];
        buf_text(record->out, "| ");
        write_ballot(record, json_get(ballot, "ballot"));
        buf_printf(record->out, " | %lld |\n", (long long)json_get_int(ballot, "count", 0));
    }
}

bool decision_markdown_people(const struct decision_markdown *record)
{
    const struct record_list *list = list_of(record, "stakeholders"),
                             *cast = list_of(record, "ballots");
    struct record_walk people, ballots;
    bool voted = cast && cast->count;
    if (list->count)
        buf_printf(record->out, "\n### Who took part\n\n| Who | Roles |%s%s\n| --- | --- |%s%s\n",
                   record->weighted ? " Weight |" : "", voted ? " Ballot |" : "",
                   record->weighted ? " --- |" : "", voted ? " --- |" : "");
    record_walk_begin(&ballots, cast);
    for (record_walk_begin(&people, list); people.item; record_walk_next(&people))
        write_person(record, people.item, voted, &ballots);
    write_secret_ballots(record);
    bool good = record_walk_end(&ballots);
    return record_walk_end(&people) && good;
}
