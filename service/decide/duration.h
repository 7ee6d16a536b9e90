/* SPDX-License-Identifier: Apache-2.0 */
/* ISO 8601 durations (`P3D`, `P1Y2M`, `PT36H`, `P2W`) and adding them to a time. Pure. */
#ifndef COHELM_DURATION_H
#define COHELM_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calendar months are kept apart from days, and days from seconds, because their lengths differ. */
struct duration {
    int64_t months;
    int64_t days;
    int64_t seconds;
};

/* Reads `PnYnMnWnDTnHnMnS` with whole numbers. False when it is not of that form, nothing, zero, or
 * over a hundred years; `*duration` is then untouched. */
bool duration_read(const char *text, size_t len, struct duration *duration);

/* `at` (microseconds since the epoch, UTC) plus the duration: first the months, with a day that
 * the month does not have becoming its last day, then days and seconds. */
int64_t duration_add(int64_t at, const struct duration *duration);

#endif
