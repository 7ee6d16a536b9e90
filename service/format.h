/* SPDX-License-Identifier: Apache-2.0 */
/* The text formats that the document may demand. Each is at least as strict as the database type
 * that takes the text, so that a text that passes can't fail there. */
#ifndef COHELM_FORMAT_H
#define COHELM_FORMAT_H

#include "operation.h"

/* Whether a NUL-terminated text has the format:
 * - uuid: RFC 9562 section 4, any version, hexadecimal digits of either case
 * - date: RFC 3339 full-date, a day of the Gregorian calendar from year 1 on
 * - date-time: RFC 3339; a leap second only at 23:59 UTC, at most nine digits of a fraction,
 * offsets below 16 hours
 * - email: a dot-atom or UTF-8 local part (RFC 5321, 6531), `@`, a domain of labels
 * - uri: absolute http or https (RFC 3986) without user information
 * - duration: ISO 8601 (P1Y2M3DT4H5M6S in this order, or P4W), whole numbers of up to nine digits
 * FORMAT_NONE is always true. */
bool format_matches(enum schema_format format, const char *text);

/* What a text of the format is, to stand after "must be": "a UUID". */
const char *format_name(enum schema_format format);

#endif
