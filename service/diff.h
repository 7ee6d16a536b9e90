/* SPDX-License-Identifier: Apache-2.0 */
/* The difference between two texts by lines, as hunks of the unified format (POSIX diff -u). Pure;
 * all memory comes from the arena and is linear in the texts. */
#ifndef COHELM_DIFF_H
#define COHELM_DIFF_H

#include "arena.h"
#include "buf.h"

#include <stdbool.h>
#include <stddef.h>

/* A line of a hunk. A last line without line end is another line than the same one with it. */
struct diff_line {
    char sign; /* ' ' in both, '-' only in the first text, '+' only in the second */
    const char *text;
    size_t len; /* without the line end */
    bool ended;
};

/* Where a range is empty, its start is the number of the line before it, as in `diff -u`. */
struct diff_hunk {
    size_t from_start, from_count, to_start, to_count;
    const struct diff_line *lines;
    size_t line_count;
};

struct diff {
    const struct diff_hunk *hunks; /* none: the texts are the same */
    size_t hunk_count;
};

/* Computes it with three lines of context. The number of changed lines is the smallest possible
 * (E. W. Myers, An O(ND) Difference Algorithm and Its Variations, 1986, in linear space) as long as
 * that takes no more than a bounded number of steps; of texts that differ more than that, the parts
 * not compared yet are replaced as a whole. The lines point into the texts. */
void diff_compute(struct arena *arena, const char *from, size_t from_len, const char *to,
                  size_t to_len, struct diff *diff);

/* Writes it in the unified format; of texts that are the same only the names. A name may hold a
 * tab, after which patch reads no more, but no line end. */
void diff_write_unified(const struct diff *diff, const char *from_name, const char *to_name,
                        struct buf *out);

/* Writes one line of a hunk as it stands in the unified format, without the line end. */
void diff_write_line(const struct diff_line *line, struct buf *out);

/* What follows a line that is not ended. */
#define DIFF_NOT_ENDED "\\ No newline at end of file"

#endif
