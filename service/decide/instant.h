/* SPDX-License-Identifier: Apache-2.0 */
/* Times as texts (RFC 3339) and as microseconds since the epoch. Pure. */
#ifndef COHELM_INSTANT_H
#define COHELM_INSTANT_H

#include "../buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads "2026-03-01T09:30:00Z", with a fraction of up to nine digits (what is below a microsecond
 * is cut off) or an offset. False when it is none, or before 1970; `*micros` is then untouched. */
bool instant_read(const char *text, int64_t *micros);

/* Writes "2026-03-01T09:30:00Z", with six digits of fraction unless they are zero. From 1970 on. */
void instant_write(struct buf *buf, int64_t micros);

#endif
