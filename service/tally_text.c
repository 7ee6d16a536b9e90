/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_text.h"

#include <stdio.h>
#include <string.h>

/* Code points, which is close enough to columns. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void pad(struct buf *buf, size_t count)
{
    while (count--)
        buf_char(buf, ' ');
}

/* A numerator and a denominator. */
static bool is_fraction(const struct json *value)
{
    return value->type == JSON_LIST && value->list.count == 2 &&
           value->list.items[0].type == JSON_INT && value->list.items[1].type == JSON_INT;
}

/* A value in a cell or a line: names and numbers bare, null as a dash. */
static void write_value(struct buf *buf, const struct json *value)
{
    if (value->type == JSON_TEXT) {
        buf_text(buf, value->text.data);
    } else if (value->type == JSON_NULL_VALUE) {
        buf_char(buf, '-');
    } else if (value->type == JSON_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            buf_text(buf, !i ? "" : is_fraction(value) ? "/" : ", ");
            write_value(buf, &value->list.items[i]);
        }
        if (!value->list.count)
            buf_char(buf, '-');
    } else if (value->type == JSON_NUMBER) {
        buf_printf(buf, "%.1f", value->number); /* of Borda, which has halves */
    } else {
        json_write(buf, value);
    }
}

static const char *cell(struct buf *buf, const struct json *value)
{
    struct buf text;
    buf_init(&text, buf->arena, SIZE_MAX);
    write_value(&text, value);
    return buf_cstr(&text);
}

static void write_line(struct buf *buf, const char *name, const struct json *value)
{
    const char *text = cell(buf, value);
    buf_printf(buf, "%-18s%s\n", name, text);
}

static size_t widest_key(const struct json *map)
{
    size_t widest = 0;
    for (size_t i = 0; i < map->map.count; i++) {
        size_t width = width_of(map->map.members[i].key);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void write_name(struct buf *buf, const char *name, size_t width)
{
    buf_printf(buf, "  %s", name);
    pad(buf, width - width_of(name));
}

static void write_right(struct buf *buf, const char *text, size_t width)
{
    size_t own = width_of(text);
    pad(buf, own < width ? width - own : 0);
    buf_text(buf, text);
}

/* Option and value. */
static void write_map(struct buf *buf, const char *title, const struct json *map)
{
    size_t names = widest_key(map), values = 0;
    buf_printf(buf, "\n%s\n", title);
    for (size_t i = 0; i < map->map.count; i++) {
        size_t width = width_of(cell(buf, &map->map.members[i].value));
        values = width > values ? width : values;
    }
    for (size_t i = 0; i < map->map.count; i++) {
        write_name(buf, map->map.members[i].key, names);
        write_right(buf, cell(buf, &map->map.members[i].value), values + 2);
        buf_char(buf, '\n');
    }
}

static size_t digits(int64_t value)
{
    char text[32];
    return (size_t)snprintf(text, sizeof text, "%lld", (long long)value);
}

/* Option against option; columns are numbered as the rows are. */
static void write_matrix(struct buf *buf, const char *title, const struct json *matrix)
{
    size_t n = matrix->map.count, names = widest_key(matrix), width = digits((int64_t)n);
    for (size_t x = 0; x < n; x++) {
        const struct json *row = &matrix->map.members[x].value;
        for (size_t i = 0; i < row->map.count; i++) {
            size_t own = digits(row->map.members[i].value.integer);
            width = own > width ? own : width;
        }
    }
    buf_printf(buf, "\n%s (row over column)\n", title);
    pad(buf, names + 7);
    for (size_t y = 0; y < n; y++)
        buf_printf(buf, "  %*zu", (int)width, y + 1);
    buf_char(buf, '\n');
    for (size_t x = 0; x < n; x++) {
        const struct json *row = &matrix->map.members[x].value;
        buf_printf(buf, "  %3zu", x + 1);
        write_name(buf, matrix->map.members[x].key, names);
        for (size_t y = 0, i = 0; y < n; y++) {
            if (y == x)
                buf_printf(buf, "  %*s", (int)width, "-");
            else
                buf_printf(buf, "  %*lld", (int)width,
                           (long long)row->map.members[i++].value.integer);
        }
        buf_char(buf, '\n');
    }
}

/* [["A", "B"], …]: A is locked above B. */
static void write_pairs(struct buf *buf, const char *title, const struct json *pairs)
{
    buf_printf(buf, "\n%s\n", title);
    for (size_t i = 0; i < pairs->list.count; i++) {
        const struct json *pair = pairs->list.items[i].list.items;
        buf_printf(buf, "  %s > %s\n", pair[0].text.data, pair[1].text.data);
    }
    if (!pairs->list.count)
        buf_text(buf, "  -\n");
}

static void write_round(struct buf *buf, size_t number, const struct json *round)
{
    const struct json *tallies = json_get(round, "tallies"), *moved = json_get(round, "transfers");
    size_t names = widest_key(tallies);
    buf_printf(buf, "\nround %zu\n", number);
    for (size_t i = 0; i < tallies->map.count; i++) {
        const struct json_member *member = &tallies->map.members[i];
        const struct json *received = json_get(moved, member->key);
        write_name(buf, member->key, names);
        write_right(buf, cell(buf, &member->value), 18);
        if (received)
            buf_printf(buf, "  then +%s", cell(buf, received));
        buf_char(buf, '\n');
    }
    static const char *const lines[] = {"elected", "eliminated", "exhausted"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct json *value = json_get(round, lines[i]);
        if (value->type != JSON_LIST || value->list.count)
            buf_printf(buf, "  %s: %s\n", lines[i], cell(buf, value));
    }
}

/* A member of the report, by its shape. */
static void write_member(struct buf *buf, const char *name, const struct json *value)
{
    if (strcmp(name, "rounds") == 0) {
        for (size_t i = 0; i < value->list.count; i++)
            write_round(buf, i + 1, &value->list.items[i]);
    } else if (value->type == JSON_MAP && value->map.count) {
        bool matrix = value->map.members[0].value.type == JSON_MAP;
        (matrix ? write_matrix : write_map)(buf, name, value);
    } else if (strcmp(name, "locked") == 0 || strcmp(name, "conflicts") == 0) {
        write_pairs(buf, name, value);
    } else {
        write_line(buf, name, value);
    }
}

static void write_ties(struct buf *buf, const struct json *ties)
{
    for (size_t i = 0; i < ties->list.count; i++) {
        const struct json *tie = &ties->list.items[i];
        const char *rule = json_get_text(tie, "broken_by"), *seed = json_get_text(tie, "seed");
        buf_printf(buf, "%-18s%s; seats for them: %lld; broken by: %s%s%s\n", i ? "" : "tied",
                   cell(buf, json_get(tie, "options")), (long long)json_get_int(tie, "seats", 0),
                   rule ? rule : "nothing", seed ? ", seed " : "", seed ? seed : "");
    }
}

static void write_votes(struct buf *buf, const struct json *quorum)
{
    const struct json *eligible = json_get(quorum, "eligible");
    buf_printf(buf, "%-18s%lld cast", "votes", (long long)json_get_int(quorum, "cast", 0));
    if (eligible->type == JSON_INT)
        buf_printf(buf, ", %lld eligible", (long long)eligible->integer);
    buf_printf(buf, "; quorum %s\n", json_get_bool(quorum, "met", false) ? "met" : "missed");
}

void tally_text(const struct json *response, struct buf *buf)
{
    static const char *const heads[] = {"method", "outcome", "winners"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        write_line(buf, heads[i], json_get(response, heads[i]));
    const struct json *ranking = json_get(response, "ranking"), *report;
    for (size_t i = 0; i < ranking->list.count; i++)
        buf_printf(buf, "%-18s%zu. %s\n", i ? "" : "ranking", i + 1,
                   cell(buf, &ranking->list.items[i]));
    write_ties(buf, json_get(response, "ties"));
    write_votes(buf, json_get(response, "quorum"));
    report = json_get(response, "report");
    for (size_t pass = 0; pass < 2; pass++) /* lines, then tables */
        for (size_t i = 0; i < report->map.count; i++) {
            const struct json_member *member = &report->map.members[i];
            bool table = member->value.type == JSON_MAP || strcmp(member->key, "rounds") == 0 ||
                         strcmp(member->key, "locked") == 0 ||
                         strcmp(member->key, "conflicts") == 0;
            if (table == (pass == 1))
                write_member(buf, member->key, &member->value);
        }
}
