/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Jansson recurses to 2048 levels; ours is checked on the text first, so that a hostile text costs
 * one pass. */
static bool too_deep(const char *text, size_t len)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > JSON_MAX_DEPTH)
                return true;
        } else if ((c == ']' || c == '}') && depth) {
            depth--;
        }
    }
    return false;
}

/* The copying functions return false when a number is out of range. */
static bool copy_value(struct arena *arena, json_t *from, struct json *to);

static bool copy_map(struct arena *arena, json_t *from, struct json *to)
{
    to->type = JSON_MAP;
    to->map.count = 0;
    to->map.members = arena_array(arena, json_object_size(from), sizeof *to->map.members);
    const char *key;
    json_t *value;
    json_object_foreach (from, key, value) {
        struct json_member *member = &to->map.members[to->map.count++];
        member->key_len = strlen(key);
        member->key = arena_strndup(arena, key, member->key_len);
        if (!copy_value(arena, value, &member->value))
            return false;
    }
    return true;
}

static bool copy_list(struct arena *arena, json_t *from, struct json *to)
{
    to->type = JSON_LIST;
    to->list.count = json_array_size(from);
    to->list.items = arena_array(arena, to->list.count, sizeof *to->list.items);
    for (size_t i = 0; i < to->list.count; i++)
        if (!copy_value(arena, json_array_get(from, i), &to->list.items[i]))
            return false;
    return true;
}

/* Jansson refuses integers beyond 64 bits, so larger numbers can't be taken either: PostgreSQL
 * writes the 1e19 that it was given as an integer, which could not be read again. To JSON Schema
 * 3.0 and 3 are one integer; from 2^53 on a double does not tell which one was written. */
static bool copy_real(double number, struct json *to)
{
    static const double limit = 9223372036854775808.0; /* 2^63 */
    static const double exact = 9007199254740992.0;    /* 2^53 */
    if (number > -exact && number < exact && (double)(int64_t)number == number) {
        to->type = JSON_INT;
        to->integer = (int64_t)number;
        return true;
    }
    to->type = JSON_NUMBER;
    to->number = number;
    return number > -limit && number < limit;
}

static bool copy_value(struct arena *arena, json_t *from, struct json *to)
{
    switch (json_typeof(from)) {
    case JSON_OBJECT:
        return copy_map(arena, from, to);
    case JSON_ARRAY:
        return copy_list(arena, from, to);
    case JSON_STRING:
        to->type = JSON_TEXT;
        to->text.len = json_string_length(from);
        to->text.data = arena_strndup(arena, json_string_value(from), to->text.len);
        break;
    case JSON_INTEGER:
        to->type = JSON_INT;
        to->integer = json_integer_value(from);
        break;
    case JSON_REAL:
        return copy_real(json_real_value(from), to);
    case JSON_TRUE:
    case JSON_FALSE:
        to->type = JSON_BOOLEAN;
        to->boolean = json_is_true(from);
        break;
    case JSON_NULL:
        to->type = JSON_NULL_VALUE;
        break;
    }
    return true;
}

/* Jansson's words quote the client's text ("... near '…'"), or speak of its own options ("...
 * without JSON_ALLOW_NUL"); the part before that is enough, and always printable. */
static void syntax_error(const json_error_t *cause, struct json_error *error)
{
    const char *rest = strstr(cause->text, " without JSON_");
    if (!rest)
        rest = strstr(cause->text, " near '");
    int len = rest ? (int)(rest - cause->text) : (int)strlen(cause->text);
    error->kind = JSON_ERROR_SYNTAX;
    (void)snprintf(error->message, sizeof error->message,
                   "The JSON text can't be read: %.*s at line %d, column %d.", len, cause->text,
                   cause->line, cause->column);
}

static void other_error(const char *why, struct json_error *error)
{
    error->kind = JSON_ERROR_SYNTAX;
    (void)snprintf(error->message, sizeof error->message, "The JSON text can't be read: %s.", why);
}

/* Jansson takes a malloc for each value, several for a map, and of a hostile text 80 times its
 * size, which malloc then keeps in pieces. What json_read has it allocate lives in an arena and
 * goes at once; other libraries that use Jansson on the same thread do so outside of json_read. */
static _Thread_local struct arena *jansson_arena;

static void *jansson_malloc(size_t size)
{
    return jansson_arena ? arena_alloc(jansson_arena, size) : malloc(size);
}

static void jansson_free(void *memory)
{
    if (!jansson_arena)
        free(memory);
}

static pthread_once_t allocators_once = PTHREAD_ONCE_INIT;

static void set_allocators(void)
{
    json_set_alloc_funcs(jansson_malloc, jansson_free);
}

static bool load(struct arena *arena, const char *text, size_t len, struct json *value,
                 struct json_error *error)
{
    json_error_t cause;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &cause);
    if (!root) {
        syntax_error(&cause, error);
        return false;
    }
    struct json copy;
    bool in_range = copy_value(arena, root, &copy);
    if (in_range)
        *value = copy;
    else
        other_error("a number is out of range", error);
    return in_range;
}

bool json_read(struct arena *arena, const char *text, size_t len, struct json *value,
               struct json_error *error)
{
    if (too_deep(text, len)) {
        error->kind = JSON_ERROR_DEPTH;
        (void)snprintf(error->message, sizeof error->message,
                       "The JSON text is nested deeper than %d levels.", JSON_MAX_DEPTH);
        return false;
    }
    /* Jansson loses a NUL that it looks at behind a number, and reads on as if there were none. */
    if (len && memchr(text, '\0', len)) {
        other_error("there is a NUL byte in it", error);
        return false;
    }
    struct arena theirs;
    arena_init(&theirs);
    pthread_once(&allocators_once, set_allocators);
    jansson_arena = &theirs;
    bool good = load(arena, text, len, value, error);
    jansson_arena = NULL;
    arena_release(&theirs);
    return good;
}

const struct json *json_get(const struct json *map, const char *key)
{
    if (!map || map->type != JSON_MAP)
        return NULL;
    for (size_t i = 0; i < map->map.count; i++)
        if (strcmp(map->map.members[i].key, key) == 0)
            return &map->map.members[i].value;
    return NULL;
}

const char *json_get_text(const struct json *map, const char *key)
{
    const struct json *value = json_get(map, key);
    return value && value->type == JSON_TEXT ? value->text.data : NULL;
}

int64_t json_get_int(const struct json *map, const char *key, int64_t otherwise)
{
    const struct json *value = json_get(map, key);
    return value && value->type == JSON_INT ? value->integer : otherwise;
}

bool json_get_bool(const struct json *map, const char *key, bool otherwise)
{
    const struct json *value = json_get(map, key);
    return value && value->type == JSON_BOOLEAN ? value->boolean : otherwise;
}

/* 8-4-4-4-12 hexadecimal digits; true for what has letters in capitals among them. */
static bool is_loud_id(const struct json *value)
{
    bool loud = false;
    if (value->type != JSON_TEXT || value->text.len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        char c = value->text.data[i];
        if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-'
                                                    : !strchr("0123456789abcdefABCDEF", c))
            return false;
        loud = loud || (c >= 'A' && c <= 'F');
    }
    return loud;
}

void json_lower_id(struct arena *arena, struct json *value)
{
    if (!is_loud_id(value))
        return;
    char *lower = arena_strndup(arena, value->text.data, value->text.len);
    for (char *c = lower; *c; c++)
        if (*c >= 'A' && *c <= 'F')
            *c = (char)(*c - 'A' + 'a');
    value->text.data = lower;
}

bool json_is_text(const struct json *value, const char *text)
{
    return value && value->type == JSON_TEXT && strcmp(value->text.data, text) == 0;
}

static bool equal_lists(const struct json *a, const struct json *b)
{
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++)
        if (!json_same(&a->list.items[i], &b->list.items[i]))
            return false;
    return true;
}

static bool equal_maps(const struct json *a, const struct json *b)
{
    if (a->map.count != b->map.count)
        return false;
    for (size_t i = 0; i < a->map.count; i++) {
        const struct json *other = json_get(b, a->map.members[i].key);
        if (!other || !json_same(&a->map.members[i].value, other))
            return false;
    }
    return true;
}

bool json_same(const struct json *a, const struct json *b)
{
    if (a->type != b->type) {
        /* 1 and 1.0 are the same number (RFC 8259 leaves it open; JSON Schema says so). */
        if (a->type == JSON_INT && b->type == JSON_NUMBER)
            return (double)a->integer == b->number;
        if (a->type == JSON_NUMBER && b->type == JSON_INT)
            return a->number == (double)b->integer;
        return false;
    }
    switch (a->type) {
    case JSON_NULL_VALUE:
        return true;
    case JSON_BOOLEAN:
        return a->boolean == b->boolean;
    case JSON_INT:
        return a->integer == b->integer;
    case JSON_NUMBER:
        return a->number == b->number;
    case JSON_TEXT:
        return a->text.len == b->text.len && memcmp(a->text.data, b->text.data, a->text.len) == 0;
    case JSON_LIST:
        return equal_lists(a, b);
    case JSON_MAP:
        return equal_maps(a, b);
    }
    return false;
}

static int by_key(const void *a, const void *b)
{
    const struct json_member *const *x = a;
    const struct json_member *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static void write_value(struct buf *buf, const struct json *value, bool canonical);

static void write_map(struct buf *buf, const struct json *value, bool canonical)
{
    size_t count = value->map.count;
    const struct json_member **members = arena_array(buf->arena, count, sizeof *members);
    for (size_t i = 0; i < count; i++)
        members[i] = &value->map.members[i];
    if (canonical && count > 1)
        qsort(members, count, sizeof *members, by_key);
    buf_char(buf, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_char(buf, ',');
        buf_json_string(buf, members[i]->key, members[i]->key_len);
        buf_char(buf, ':');
        write_value(buf, &members[i]->value, canonical);
    }
    buf_char(buf, '}');
}

/* The shortest text that reads back as the same number: 0.1 and not 0.10000000000000001. The
 * canonical text keeps all its digits, as digests of records were made of it. */
static void write_number(struct buf *buf, double number, bool canonical)
{
    char text[32];
    for (int digits = canonical ? 17 : 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    buf_text(buf, text);
}

static void write_value(struct buf *buf, const struct json *value, bool canonical)
{
    switch (value->type) {
    case JSON_NULL_VALUE:
        buf_text(buf, "null");
        break;
    case JSON_BOOLEAN:
        buf_text(buf, value->boolean ? "true" : "false");
        break;
    case JSON_INT:
        buf_int(buf, value->integer);
        break;
    case JSON_NUMBER:
        write_number(buf, value->number, canonical);
        break;
    case JSON_TEXT:
        buf_json_string(buf, value->text.data, value->text.len);
        break;
    case JSON_LIST:
        buf_char(buf, '[');
        for (size_t i = 0; i < value->list.count; i++) {
            if (i)
                buf_char(buf, ',');
            write_value(buf, &value->list.items[i], canonical);
        }
        buf_char(buf, ']');
        break;
    case JSON_MAP:
        write_map(buf, value, canonical);
        break;
    }
}

void json_write(struct buf *buf, const struct json *value)
{
    write_value(buf, value, false);
}

void json_write_canonical(struct buf *buf, const struct json *value)
{
    write_value(buf, value, true);
}

void jw_init(struct json_writer *w, struct buf *buf)
{
    *w = (struct json_writer){.buf = buf};
}

static void begin(struct json_writer *w)
{
    if (w->comma)
        buf_char(w->buf, ',');
    w->comma = true;
}

void jw_map(struct json_writer *w)
{
    begin(w);
    buf_char(w->buf, '{');
    w->comma = false;
}

void jw_map_end(struct json_writer *w)
{
    buf_char(w->buf, '}');
    w->comma = true;
}

void jw_list(struct json_writer *w)
{
    begin(w);
    buf_char(w->buf, '[');
    w->comma = false;
}

void jw_list_end(struct json_writer *w)
{
    buf_char(w->buf, ']');
    w->comma = true;
}

void jw_key(struct json_writer *w, const char *key)
{
    begin(w);
    buf_json_string(w->buf, key, strlen(key));
    buf_char(w->buf, ':');
    w->comma = false;
}

void jw_text(struct json_writer *w, const char *text)
{
    begin(w);
    if (text)
        buf_json_string(w->buf, text, strlen(text));
    else
        buf_text(w->buf, "null");
}

void jw_int(struct json_writer *w, int64_t value)
{
    begin(w);
    buf_int(w->buf, value);
}

void jw_bool(struct json_writer *w, bool value)
{
    begin(w);
    buf_text(w->buf, value ? "true" : "false");
}

void jw_null(struct json_writer *w)
{
    jw_text(w, NULL);
}

void jw_value(struct json_writer *w, const struct json *value)
{
    begin(w);
    if (value)
        json_write(w->buf, value);
    else
        buf_text(w->buf, "null");
}

void jw_raw(struct json_writer *w, const char *json, size_t len)
{
    begin(w);
    buf_add(w->buf, json, len);
}

void jw_key_text(struct json_writer *w, const char *key, const char *text)
{
    jw_key(w, key);
    jw_text(w, text);
}

void jw_key_int(struct json_writer *w, const char *key, int64_t value)
{
    jw_key(w, key);
    jw_int(w, value);
}

void jw_key_bool(struct json_writer *w, const char *key, bool value)
{
    jw_key(w, key);
    jw_bool(w, value);
}
