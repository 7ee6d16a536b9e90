/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer in an arena, with a maximum it is born with. Writing is sticky: once a
 * write would pass the maximum, `full` is set and every later write is a no-op, so a writer tests
 * once at the end. */
#ifndef COHELM_BUF_H
#define COHELM_BUF_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct buf {
    struct arena *arena;
    char *data; /* `len` bytes; not NUL-terminated, see buf_text */
    size_t len;
    size_t cap;
    size_t max;
    bool full;
};

/* An empty buffer that may grow to `max` bytes. */
void buf_init(struct buf *buf, struct arena *arena, size_t max);

/* Room for `len` more bytes at the end, or NULL when that would pass the maximum. */
char *buf_reserve_more(struct buf *buf, size_t len); /* where there may be none yet */
static inline char *buf_reserve(struct buf *buf, size_t len)
{
    return len <= buf->max - buf->len && len <= buf->cap - buf->len && !buf->full
               ? buf->data + buf->len
               : buf_reserve_more(buf, len);
}

static inline void buf_add(struct buf *buf, const char *data, size_t len)
{
    char *end = len ? buf_reserve(buf, len) : NULL; /* nothing needs no memory yet */
    if (!end)
        return;
    memcpy(end, data, len);
    buf->len += len;
}

static inline void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

static inline void buf_char(struct buf *buf, char c)
{
    char *end = buf_reserve(buf, 1);
    if (!end)
        return;
    *end = c;
    buf->len++;
}

void buf_int(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `len` bytes of UTF-8 as a JSON string with its quotes (RFC 8259 section 7). */
void buf_json_string(struct buf *buf, const char *text, size_t len);

/* The content as a NUL-terminated string (the NUL is not counted in `len`); "" when full. */
const char *buf_cstr(struct buf *buf);

#endif
