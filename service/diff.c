/* SPDX-License-Identifier: Apache-2.0 */
#include "diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT 3
#define STEPS_MAX 10000000 /* some tens of milliseconds */
#define UNREACHED (-1)

/* ---- lines, as numbers that are the same for the same line ---- */

struct line {
    const char *text;
    size_t len; /* with the line end */
    size_t place;
};

struct side {
    const struct line *lines;
    size_t count;
    const uint32_t *kinds;
    bool *changed;
};

static size_t count_lines(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += text[i] == '\n';
    return count + (len && text[len - 1] != '\n');
}

static void split(const char *text, size_t len, struct line *lines)
{
    for (const char *end = text + len; text < end; lines++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        lines->text = text;
        lines->len = newline ? (size_t)(newline - text) + 1 : (size_t)(end - text);
        text += lines->len;
    }
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Sorting instead of hashing: no text can be made that is slow. */
static void number_lines(struct arena *arena, const struct line *lines, size_t count,
                         uint32_t *kinds)
{
    struct line *sorted = arena_array(arena, count, sizeof *sorted);
    uint32_t kind = 0;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = lines[i];
        sorted[i].place = i;
    }
    if (count)
        qsort(sorted, count, sizeof *sorted, compare_lines);
    for (size_t i = 0; i < count; i++) {
        kind += i > 0 && compare_lines(&sorted[i - 1], &sorted[i]) != 0;
        kinds[sorted[i].place] = kind;
    }
}

static void read_sides(struct arena *arena, const char *from, size_t from_len, const char *to,
                       size_t to_len, struct side *a, struct side *b)
{
    size_t n = count_lines(from, from_len), m = count_lines(to, to_len);
    struct line *lines = arena_array(arena, n + m, sizeof *lines);
    uint32_t *kinds = arena_array(arena, n + m, sizeof *kinds);
    bool *changed = arena_array(arena, n + m, sizeof *changed);
    split(from, from_len, lines);
    split(to, to_len, lines + n);
    number_lines(arena, lines, n + m, kinds);
    *a = (struct side){lines, n, kinds, changed};
    *b = (struct side){lines + n, m, kinds + n, changed + n};
}

/* ---- which lines are changed ---- */

struct search {
    struct side a, b;
    int64_t *forward, *backward; /* by diagonal: how far along `a` a path reaches */
    int64_t steps;
};

/* Lines a0…a1-1 of one side against b0…b1-1 of the other. */
struct box {
    int64_t a0, a1, b0, b1;
};

/* One step of the search in one direction: the furthest point on diagonal `k` after `d` changes.
 * Points outside of the box are unreached. */
static int64_t furthest(const int64_t *reach, int64_t k, int64_t d, int64_t n, int64_t m)
{
    if (d == 0)
        return 0;
    int64_t right = reach[k - 1] == UNREACHED || reach[k - 1] == n ? UNREACHED : reach[k - 1] + 1;
    int64_t down = reach[k + 1] == UNREACHED || reach[k + 1] - k > m ? UNREACHED : reach[k + 1];
    return right > down ? right : down;
}

static int64_t follow_forward(const struct search *s, const struct box *box, int64_t x, int64_t k)
{
    while (box->a0 + x < box->a1 && box->b0 + x - k < box->b1 &&
           s->a.kinds[box->a0 + x] == s->b.kinds[box->b0 + x - k])
        x++;
    return x;
}

static int64_t follow_backward(const struct search *s, const struct box *box, int64_t x, int64_t k)
{
    while (box->a1 - x > box->a0 && box->b1 - (x - k) > box->b0 &&
           s->a.kinds[box->a1 - x - 1] == s->b.kinds[box->b1 - (x - k) - 1])
        x++;
    return x;
}

/* A round of `d` changes in one direction. True: it meets the other one, at (*x, *y) counted from
 * where this direction begins. */
static bool extend(struct search *s, const struct box *box, bool backward, int64_t d, int64_t *x,
                   int64_t *y)
{
    int64_t n = box->a1 - box->a0, m = box->b1 - box->b0, delta = n - m;
    int64_t *reach = backward ? s->backward : s->forward;
    const int64_t *other = backward ? s->forward : s->backward;
    int64_t others = backward ? d : d - 1; /* rounds that the other direction has made */
    bool may_meet = (delta % 2 != 0) != backward;
    int64_t low = d <= m ? -d : -m + (d - m) % 2, high = d <= n ? d : n - (d - n) % 2;
    for (int64_t k = low; k <= high; k += 2) {
        int64_t start = furthest(reach, k, d, n, m);
        if (start == UNREACHED) {
            reach[k] = UNREACHED;
            continue;
        }
        *x = backward ? follow_backward(s, box, start, k) : follow_forward(s, box, start, k);
        *y = *x - k;
        s->steps += 1 + *x - start;
        reach[k] = *x;
        int64_t there = delta - k;
        if (may_meet && there >= -others && there <= others && there >= -m && there <= n &&
            other[there] != UNREACHED && *x + other[there] >= n)
            return true;
    }
    return false;
}

/* A point on a shortest path through the box, which differs at both corners. False: too long. */
static bool find_middle(struct search *s, const struct box *box, int64_t *x, int64_t *y)
{
    int64_t n = box->a1 - box->a0, m = box->b1 - box->b0;
    for (int64_t k = -m - 1; k <= n + 1; k++)
        s->forward[k] = s->backward[k] = UNREACHED;
    for (int64_t d = 0; s->steps < STEPS_MAX; d++) {
        if (extend(s, box, false, d, x, y)) {
            *x += box->a0;
            *y += box->b0;
            return true;
        }
        if (extend(s, box, true, d, x, y)) {
            *x = box->a1 - *x;
            *y = box->b1 - *y;
            return true;
        }
    }
    return false;
}

static void change_all(struct search *s, const struct box *box)
{
    for (int64_t i = box->a0; i < box->a1; i++)
        s->a.changed[i] = true;
    for (int64_t i = box->b0; i < box->b1; i++)
        s->b.changed[i] = true;
}

/* Each half has half of the changes, so the depth is the logarithm of their number. */
static void compare(struct search *s, struct box box)
{
    int64_t x, y;
    while (box.a0 < box.a1 && box.b0 < box.b1 && s->a.kinds[box.a0] == s->b.kinds[box.b0]) {
        box.a0++;
        box.b0++;
    }
    while (box.a0 < box.a1 && box.b0 < box.b1 && s->a.kinds[box.a1 - 1] == s->b.kinds[box.b1 - 1]) {
        box.a1--;
        box.b1--;
    }
    if (box.a0 == box.a1 || box.b0 == box.b1 || !find_middle(s, &box, &x, &y)) {
        change_all(s, &box);
        return;
    }
    compare(s, (struct box){box.a0, x, box.b0, y});
    compare(s, (struct box){x, box.a1, y, box.b1});
}

/* ---- hunks ---- */

static struct diff_line line_of(const struct line *line, char sign)
{
    bool ended = line->text[line->len - 1] == '\n';
    return (struct diff_line){sign, line->text, line->len - ended, ended};
}

/* Signs of all lines of both texts in their order; `*count` of them. */
static struct diff_line *all_lines(struct arena *arena, const struct search *s, size_t *count)
{
    const struct side *a = &s->a, *b = &s->b;
    struct diff_line *lines = arena_array(arena, a->count + b->count, sizeof *lines);
    size_t i = 0, j = 0;
    *count = 0;
    while (i < a->count || j < b->count) {
        if (i < a->count && a->changed[i])
            lines[(*count)++] = line_of(&a->lines[i++], '-');
        else if (j < b->count && b->changed[j])
            lines[(*count)++] = line_of(&b->lines[j++], '+');
        else {
            lines[(*count)++] = line_of(&a->lines[i++], ' ');
            j++;
        }
    }
    return lines;
}

/* The end of the hunk whose first change is at `at`: changes with at most twice the context between
 * them belong together. */
static size_t end_of_hunk(const struct diff_line *lines, size_t count, size_t at)
{
    size_t last = at;
    for (size_t i = at; i < count && i - last <= 2 * CONTEXT + 1; i++)
        if (lines[i].sign != ' ')
            last = i;
    return count - last - 1 < CONTEXT ? count : last + 1 + CONTEXT;
}

static void count_range(struct diff_hunk *hunk)
{
    for (size_t i = 0; i < hunk->line_count; i++) {
        hunk->from_count += hunk->lines[i].sign != '+';
        hunk->to_count += hunk->lines[i].sign != '-';
    }
    hunk->from_start += hunk->from_count > 0;
    hunk->to_start += hunk->to_count > 0;
}

static void make_hunks(struct arena *arena, const struct diff_line *lines, size_t count,
                       struct diff *diff)
{
    size_t changes = 0, from = 0, to = 0, begun = 0;
    for (size_t i = 0; i < count; i++)
        changes += lines[i].sign != ' ';
    struct diff_hunk *hunks = arena_array(arena, changes, sizeof *hunks);
    diff->hunks = hunks;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].sign == ' ')
            continue;
        size_t start = i - begun > CONTEXT ? i - CONTEXT : begun;
        from += start - begun;
        to += start - begun;
        size_t end = end_of_hunk(lines, count, i);
        struct diff_hunk *hunk = &hunks[diff->hunk_count++];
        *hunk = (struct diff_hunk){
            .from_start = from, .to_start = to, .lines = lines + start, .line_count = end - start};
        count_range(hunk);
        from += hunk->from_count;
        to += hunk->to_count;
        begun = end;
        i = end - 1;
    }
}

void diff_compute(struct arena *arena, const char *from, size_t from_len, const char *to,
                  size_t to_len, struct diff *diff)
{
    struct search s = {0};
    size_t count;
    *diff = (struct diff){0};
    read_sides(arena, from, from_len, to, to_len, &s.a, &s.b);
    int64_t *reach = arena_array(arena, 2 * (s.a.count + s.b.count + 3), sizeof *reach);
    s.forward = reach + s.b.count + 1;
    s.backward = s.forward + s.a.count + s.b.count + 3;
    compare(&s, (struct box){0, (int64_t)s.a.count, 0, (int64_t)s.b.count});
    const struct diff_line *lines = all_lines(arena, &s, &count);
    make_hunks(arena, lines, count, diff);
}

/* ---- the unified format ---- */

static void write_range(struct buf *out, char sign, size_t start, size_t count)
{
    buf_printf(out, " %c%zu", sign, start);
    if (count != 1)
        buf_printf(out, ",%zu", count);
}

void diff_write_line(const struct diff_line *line, struct buf *out)
{
    buf_char(out, line->sign);
    buf_add(out, line->text, line->len);
}

void diff_write_unified(const struct diff *diff, const char *from_name, const char *to_name,
                        struct buf *out)
{
    buf_printf(out, "--- %s\n+++ %s\n", from_name, to_name);
    for (size_t i = 0; i < diff->hunk_count; i++) {
        const struct diff_hunk *hunk = &diff->hunks[i];
        buf_text(out, "@@");
        write_range(out, '-', hunk->from_start, hunk->from_count);
        write_range(out, '+', hunk->to_start, hunk->to_count);
        buf_text(out, " @@\n");
        for (size_t j = 0; j < hunk->line_count; j++) {
            diff_write_line(&hunk->lines[j], out);
            buf_text(out, hunk->lines[j].ended ? "\n" : "\n" DIFF_NOT_ENDED "\n");
        }
    }
}
