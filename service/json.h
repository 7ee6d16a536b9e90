/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values as plain data in an arena, read with Jansson, and a writer for JSON text.
 * json.c is the only file that includes jansson.h. Values are immutable once read, but for ids in
 * capitals; nothing is freed one by one. */
#ifndef COHELM_JSON_H
#define COHELM_JSON_H

#include "arena.h"
#include "buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_type {
    JSON_NULL_VALUE,
    JSON_BOOLEAN,
    JSON_INT,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_LIST,
    JSON_MAP
};

struct json_member;

struct json {
    enum json_type type;
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            const char *data; /* NUL-terminated UTF-8 without inner NUL */
            size_t len;
        } text;
        struct {
            struct json *items;
            size_t count;
        } list;
        struct {
            struct json_member *members; /* in the order of the document */
            size_t count;
        } map;
    };
};

struct json_member {
    const char *key;
    size_t key_len;
    struct json value;
};

enum json_error_kind { JSON_ERROR_SYNTAX, JSON_ERROR_DEPTH };

struct json_error {
    enum json_error_kind kind;
    char message[160]; /* one sentence with line and column, safe to show to the client */
};

/* Nesting a client may send. */
#define JSON_MAX_DEPTH 32

/* Reads one JSON text (RFC 8259) of `len` bytes into `arena`. Refuses duplicate keys, invalid
 * UTF-8, U+0000, numbers of 2^63 and more (or -2^63 and less with a fraction or an exponent),
 * anything after the value, and nesting over JSON_MAX_DEPTH. Numbers without a fraction are
 * integers, however they are written, below 2^53.
 * False: `*error` says why, `*value` is untouched. */
bool json_read(struct arena *arena, const char *text, size_t len, struct json *value,
               struct json_error *error);

/* The member of a map, or NULL if `map` is NULL, no map, or has none of that name. */
const struct json *json_get(const struct json *map, const char *key);

/* The text of a member, or NULL when it is absent or no text. */
const char *json_get_text(const struct json *map, const char *key);

/* The integer of a member, or `otherwise` when it is absent or no integer. */
int64_t json_get_int(const struct json *map, const char *key, int64_t otherwise);

/* An id in capitals is the same one (RFC 9562 section 4): a text that has the form of one gets
 * small letters. Anything else is left alone. */
void json_lower_id(struct arena *arena, struct json *value);

/* The boolean of a member, or `otherwise` when it is absent or no boolean. */
bool json_get_bool(const struct json *map, const char *key, bool otherwise);

bool json_is_text(const struct json *value, const char *text);
bool json_same(const struct json *a, const struct json *b);

/* Writes a value as compact JSON text, members in their order. */
void json_write(struct buf *buf, const struct json *value);

/* Writes a value as canonical JSON text: as json_write with the members of every map sorted by key
 * bytes. Equal values give equal bytes. */
void json_write_canonical(struct buf *buf, const struct json *value);

/* A writer that places the commas. Sticky like its buffer. */
struct json_writer {
    struct buf *buf;
    bool comma; /* the next key or element needs a comma before it */
};

void jw_init(struct json_writer *w, struct buf *buf);
void jw_map(struct json_writer *w);
void jw_map_end(struct json_writer *w);
void jw_list(struct json_writer *w);
void jw_list_end(struct json_writer *w);
void jw_key(struct json_writer *w, const char *key);
void jw_text(struct json_writer *w, const char *text); /* NULL writes null */
void jw_int(struct json_writer *w, int64_t value);
void jw_bool(struct json_writer *w, bool value);
void jw_null(struct json_writer *w);
void jw_value(struct json_writer *w, const struct json *value);   /* NULL writes null */
void jw_raw(struct json_writer *w, const char *json, size_t len); /* JSON text made elsewhere */

/* Key and value at once. */
void jw_key_text(struct json_writer *w, const char *key, const char *text);
void jw_key_int(struct json_writer *w, const char *key, int64_t value);
void jw_key_bool(struct json_writer *w, const char *key, bool value);

#endif
