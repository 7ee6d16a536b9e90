/* SPDX-License-Identifier: Apache-2.0 */
#include "diff.h"
#include "test.h"

#include <stdint.h>
#include <time.h>

static struct arena arena;

static const char *unified(const char *from, const char *to)
{
    struct diff diff;
    struct buf out;
    buf_init(&out, &arena, SIZE_MAX);
    diff_compute(&arena, from, strlen(from), to, strlen(to), &diff);
    diff_write_unified(&diff, "a", "b", &out);
    return buf_cstr(&out);
}

/* The expectations are what GNU diff 3.8 prints: `diff -u --label a --label b`. */

TEST(same__no_hunk)
{
    EXPECT_TEXT(unified("", ""), "--- a\n+++ b\n");
    EXPECT_TEXT(unified("a\nb", "a\nb"), "--- a\n+++ b\n");
}

TEST(one_line_changed__with_context)
{
    EXPECT_TEXT(unified("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
                "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(changes_far_apart__two_hunks)
{
    EXPECT_TEXT(unified("x\n1\n2\n3\n4\n5\n6\n7\ny\n", "1\n2\n3\n4\n5\n6\n7\n"),
                "--- a\n+++ b\n@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-y\n");
}

TEST(changes_six_lines_apart__one_hunk)
{
    EXPECT_TEXT(unified("x\n1\n2\n3\n4\n5\n6\ny\n", "1\n2\n3\n4\n5\n6\n"),
                "--- a\n+++ b\n@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n");
}

TEST(empty_side__starts_at_the_line_before)
{
    EXPECT_TEXT(unified("", "a\nb\n"), "--- a\n+++ b\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    EXPECT_TEXT(unified("a\n", ""), "--- a\n+++ b\n@@ -1 +0,0 @@\n-a\n");
}

TEST(line_end_missing__is_told)
{
    EXPECT_TEXT(unified("a\nb", "a\nb\n"),
                "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at "
                "end of file\n+b\n");
    EXPECT_TEXT(unified("a", "b"), "--- a\n+++ b\n@@ -1 +1 @@\n-a\n\\ No newline at end of "
                                   "file\n+b\n\\ No newline at end of file\n");
}

/* ---- many small texts: applying gives the other text, and no shorter difference exists ---- */

static uint32_t seed = 1;

static uint32_t next_random(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static size_t random_text(char *text, size_t lines, uint32_t letters)
{
    size_t len = 0;
    for (size_t i = 0; i < lines; i++) {
        text[len++] = (char)('a' + next_random(letters));
        text[len++] = '\n';
    }
    if (len && next_random(4) == 0)
        len--;
    return len;
}

/* The text that the hunks make of `from`; strict about places and context. */
static bool apply(const struct diff *diff, const char *from, size_t from_len, struct buf *out)
{
    const char *at = from, *end = from + from_len;
    size_t line = 1, written = 1;
    for (size_t i = 0; i < diff->hunk_count; i++) {
        const struct diff_hunk *hunk = &diff->hunks[i];
        size_t start = hunk->from_start + (hunk->from_count == 0);
        for (; line < start; line++, written++) {
            const char *next = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
            buf_add(out, at, (size_t)(next - at));
            at = next;
        }
        if (written != hunk->to_start + (hunk->to_count == 0))
            return false;
        for (size_t j = 0; j < hunk->line_count; j++) {
            const struct diff_line *one = &hunk->lines[j];
            size_t len = one->len + one->ended;
            if (one->sign != '+') {
                if ((size_t)(end - at) < len || memcmp(at, one->text, len) != 0 ||
                    (!one->ended && at + len != end))
                    return false;
                at += len;
                line++;
            }
            if (one->sign != '-') {
                buf_add(out, one->text, len);
                written++;
            }
        }
    }
    buf_add(out, at, (size_t)(end - at));
    return true;
}

static bool same_line(const char *a, size_t a_len, size_t i, const char *b, size_t b_len, size_t j)
{
    bool a_ended = 2 * i + 1 < a_len, b_ended = 2 * j + 1 < b_len;
    return a[2 * i] == b[2 * j] && a_ended == b_ended;
}

/* Lines to take out and put in at least, by the textbook table of the longest common subsequence;
 * every line is one letter. */
static size_t fewest_changes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t common[16][16] = {{0}};
    size_t n = (a_len + 1) / 2, m = (b_len + 1) / 2;
    for (size_t i = n; i-- > 0;)
        for (size_t j = m; j-- > 0;)
            if (same_line(a, a_len, i, b, b_len, j))
                common[i][j] = common[i + 1][j + 1] + 1;
            else
                common[i][j] =
                    common[i + 1][j] > common[i][j + 1] ? common[i + 1][j] : common[i][j + 1];
    return n + m - 2 * common[0][0];
}

static size_t changes_of(const struct diff *diff)
{
    size_t changes = 0;
    for (size_t i = 0; i < diff->hunk_count; i++)
        for (size_t j = 0; j < diff->hunks[i].line_count; j++)
            changes += diff->hunks[i].lines[j].sign != ' ';
    return changes;
}

TEST(random_texts__apply_and_are_shortest)
{
    for (int i = 0; i < 40000 && !test_failed; i++) {
        char from[40], to[40];
        struct diff diff;
        struct buf out;
        uint32_t letters = 1 + next_random(5);
        size_t from_len = random_text(from, next_random(15), letters);
        size_t to_len = random_text(to, next_random(15), letters);
        diff_compute(&arena, from, from_len, to, to_len, &diff);
        buf_init(&out, &arena, SIZE_MAX);
        EXPECT(apply(&diff, from, from_len, &out));
        EXPECT(out.len == to_len && memcmp(out.data ? out.data : "", to, to_len) == 0);
        EXPECT(changes_of(&diff) == fewest_changes(from, from_len, to, to_len));
        arena_reset(&arena);
    }
}

/* ---- large ones ---- */

#define LARGE 100000

static void check_large(const char *from, const char *to, size_t changes)
{
    struct diff diff;
    struct buf out;
    clock_t begun = clock();
    diff_compute(&arena, from, strlen(from), to, strlen(to), &diff);
    EXPECT(clock() - begun < 5 * CLOCKS_PER_SEC);
    buf_init(&out, &arena, SIZE_MAX);
    EXPECT(apply(&diff, from, strlen(from), &out));
    EXPECT_TEXT(buf_cstr(&out), to);
    EXPECT(!changes || changes_of(&diff) == changes);
}

TEST(large_and_entirely_different__ends_soon)
{
    char *from = arena_alloc(&arena, LARGE + 1), *to = arena_alloc(&arena, LARGE + 1);
    for (size_t i = 0; i < LARGE; i += 2) {
        from[i] = (char)('!' + next_random(90));
        to[i] = (char)('!' + next_random(90));
        from[i + 1] = to[i + 1] = '\n';
    }
    check_large(from, to, 0);
    memset(from, '\n', LARGE);
    check_large(from, to, 0);
    arena_reset(&arena);
}

TEST(large_and_nearly_the_same__finds_the_changes)
{
    char *from = arena_alloc(&arena, LARGE + 1), *to = arena_alloc(&arena, LARGE + 1);
    for (size_t i = 0; i < LARGE; i += 2) {
        from[i] = to[i] = (char)('!' + next_random(90));
        from[i + 1] = to[i + 1] = '\n';
    }
    for (size_t i = 0; i < 100; i++)
        to[i * 1000] = (char)(0x80 + i % 100);
    check_large(from, to, 200);
    arena_reset(&arena);
}
