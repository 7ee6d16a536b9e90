/* SPDX-License-Identifier: Apache-2.0 */
#include "percent.h"

#include <stdint.h>

/* Bytes of the sequence that begins with `lead`, or 0; and the code points it may stand for. */
static size_t sequence(unsigned char lead, uint32_t *bits, uint32_t *least)
{
    if (lead < 0x80) {
        *bits = lead;
        *least = 1; /* no NUL */
        return 1;
    }
    if (lead >= 0xC2 && lead < 0xE0) {
        *bits = lead & 0x1F;
        *least = 0x80;
        return 2;
    }
    if (lead >= 0xE0 && lead < 0xF0) {
        *bits = lead & 0x0F;
        *least = 0x800;
        return 3;
    }
    if (lead >= 0xF0 && lead < 0xF5) {
        *bits = lead & 0x07;
        *least = 0x10000;
        return 4;
    }
    return 0;
}

bool utf8_is_valid(const char *text, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < len;) {
        uint32_t point = 0, least = 0;
        size_t count = sequence(bytes[i], &point, &least);
        if (count == 0 || count > len - i)
            return false;
        for (size_t k = 1; k < count; k++) {
            if ((bytes[i + k] & 0xC0) != 0x80)
                return false;
            point = point << 6 | (bytes[i + k] & 0x3F);
        }
        if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return false;
        i += count;
    }
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

const char *percent_decode(struct arena *arena, const char *text, size_t len, bool plus)
{
    char *out = arena_alloc(arena, len + 1);
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '%') {
            int high = len - i > 2 ? hex_digit(text[i + 1]) : -1;
            int low = len - i > 2 ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (unsigned char)(high << 4 | low);
            i += 2;
        } else if (c <= ' ' || c == 0x7F) {
            return NULL;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[used++] = (char)c;
    }
    out[used] = '\0';
    return utf8_is_valid(out, used) ? out : NULL;
}
