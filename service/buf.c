/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <stdio.h>
#include <string.h>

void buf_init(struct buf *buf, struct arena *arena, size_t max)
{
    *buf = (struct buf){.arena = arena, .max = max};
}

char *buf_reserve_more(struct buf *buf, size_t len)
{
    if (buf->full || len > buf->max - buf->len) {
        buf->full = true;
        return NULL;
    }
    if (len > buf->cap - buf->len) {
        size_t cap = buf->cap ? buf->cap * 2 : 512;
        if (cap < buf->len + len)
            cap = buf->len + len;
        buf->data = arena_grow(buf->arena, buf->data, buf->cap, cap);
        buf->cap = cap;
    }
    return buf->data + buf->len;
}

void buf_int(struct buf *buf, int64_t value)
{
    char digits[24];
    char *p = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--p = '-';
    buf_add(buf, p, (size_t)(digits + sizeof digits - p));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    /* Into what room there is, which mostly suffices; else once more into enough. */
    size_t room = buf->full ? 0 : buf->cap - buf->len;
    int len = vsnprintf(room ? buf->data + buf->len : NULL, room, format, args);
    size_t needed = len < 0 ? 0 : (size_t)len;
    if (needed >= room || needed > buf->max - buf->len) {
        char *text = arena_alloc(buf->arena, needed + 1);
        (void)vsnprintf(text, needed + 1, format, again);
        buf_add(buf, text, needed);
    } else {
        buf->len += needed;
    }
    va_end(again);
    va_end(args);
}

/* How a byte is written inside a JSON string: 0 as it is, 'u' as a unicode escape, else after a
 * backslash. */
static char escape_of(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    default:
        return c < 0x20 ? 'u' : 0;
    }
}

void buf_json_string(struct buf *buf, const char *text, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    char *out = buf_reserve(buf, len + 2);
    if (!out)
        return;
    *out = '"';
    buf->len++;
    size_t start = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(buf, text + start, i - start);
        start = i + 1;
        char escape = escape_of(c);
        buf_char(buf, '\\');
        buf_char(buf, escape);
        if (escape == 'u') {
            char code[4] = {'0', '0', hex[c >> 4], hex[c & 15]};
            buf_add(buf, code, sizeof code);
        }
    }
    buf_add(buf, text + start, len - start);
    buf_char(buf, '"');
}

const char *buf_cstr(struct buf *buf)
{
    size_t max = buf->max;
    buf->max = SIZE_MAX; /* the terminator does not count towards the maximum */
    char *end = buf_reserve(buf, 1);
    buf->max = max;
    if (!end)
        return "";
    *end = '\0';
    return buf->data;
}
