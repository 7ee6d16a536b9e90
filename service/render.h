/* SPDX-License-Identifier: Apache-2.0 */
/* Rows to JSON text, straight from PostgreSQL's binary form; reads nothing but its arguments.
 * Columns whose name begins with `_` steer the engine and are not written. */
#ifndef COHELM_RENDER_H
#define COHELM_RENDER_H

#include "db.h"

/* Which columns of a row are written. */
struct render_choice {
    const char *const *fields;   /* only these, NULL-terminated; NULL: all */
    const char *const *includes; /* columns that appear only when asked for; NULL: none such */
    const char *const *included; /* those asked for; NULL: none */
    size_t enough; /* bytes, after which render_rows writes no further row; 0: there is no end */
};

/* Writes one value. False: a type that the service does not know (our bug). */
bool render_value(struct buf *buf, enum column_type type, const void *data, size_t len);

/* Writes row `row` as an object. */
bool render_row(struct buf *buf, const struct rows *rows, size_t row,
                const struct render_choice *choice);

/* Writes the first `*count` rows as an array of objects; `*count` becomes how many were written. */
bool render_rows(struct buf *buf, const struct rows *rows, size_t *count,
                 const struct render_choice *choice);

/* "2026-03-01T09:30:00Z", with microseconds only where there are any; `micros` since 1970. */
void render_time(struct buf *buf, int64_t micros);

#endif
