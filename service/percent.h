/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding (RFC 3986 section 2.1) and the UTF-8 it must stand for. */
#ifndef COHELM_PERCENT_H
#define COHELM_PERCENT_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether `len` bytes are UTF-8 (RFC 3629: shortest forms, no surrogates) without NUL. */
bool utf8_is_valid(const char *text, size_t len);

/* The decoded text in `arena`, or NULL for a broken escape, NUL, a control character or space that
 * was not encoded, or invalid UTF-8. With `plus`, `+` stands for a space, as HTML forms and most
 * clients write query strings. */
const char *percent_decode(struct arena *arena, const char *text, size_t len, bool plus);

#endif
