/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"
#include "test.h"

static struct arena arena;

static struct buf fresh(size_t max)
{
    struct buf buf;
    buf_init(&buf, &arena, max);
    return buf;
}

TEST(writes__add_up_across_growth)
{
    struct buf buf = fresh(100000);
    for (int i = 0; i < 10000; i++)
        buf_printf(&buf, "%d,", i % 10);
    EXPECT(buf.len == 20000 && !buf.full);
    EXPECT(strncmp(buf_cstr(&buf) + 19994, "7,8,9,", 6) == 0);
    EXPECT(strlen(buf_cstr(&buf)) == 20000);
}

TEST(maximum__is_sticky)
{
    struct buf buf = fresh(5);
    buf_text(&buf, "12345");
    EXPECT(!buf.full);
    buf_char(&buf, '6');
    EXPECT(buf.full);
    buf_add(&buf, "", 0);
    EXPECT(buf.len == 5 && buf.full);
    EXPECT(buf_reserve(&buf, 0) == NULL);
    EXPECT_TEXT(buf_cstr(&buf), "");
}

TEST(maximum__the_terminator_does_not_count)
{
    struct buf buf = fresh(5);
    buf_text(&buf, "12345");
    EXPECT_TEXT(buf_cstr(&buf), "12345");
    EXPECT(buf.len == 5 && !buf.full);
    struct buf empty = fresh(0);
    EXPECT_TEXT(buf_cstr(&empty), "");
    EXPECT(!empty.full);
}

TEST(reserve__a_size_that_would_overflow)
{
    struct buf buf = fresh(100);
    buf_text(&buf, "abc");
    EXPECT(buf_reserve(&buf, SIZE_MAX) == NULL);
    EXPECT(buf.full);
}

TEST(int__ends_of_the_range)
{
    struct buf buf = fresh(100);
    buf_int(&buf, INT64_MIN);
    buf_char(&buf, ' ');
    buf_int(&buf, INT64_MAX);
    buf_char(&buf, ' ');
    buf_int(&buf, 0);
    buf_char(&buf, ' ');
    buf_int(&buf, -10);
    EXPECT_TEXT(buf_cstr(&buf), "-9223372036854775808 9223372036854775807 0 -10");
}

TEST(json_string__escapes_what_rfc_8259_demands)
{
    struct buf buf = fresh(200);
    static const char text[] = "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9";
    buf_json_string(&buf, text, sizeof text - 1);
    EXPECT_TEXT(buf_cstr(&buf), "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\"");
    struct buf nul = fresh(200);
    buf_json_string(&nul, "a\0b", 3);
    EXPECT_TEXT(buf_cstr(&nul), "\"a\\u0000b\"");
}

TEST(json_string__that_does_not_fit_marks_full)
{
    struct buf buf = fresh(6);
    buf_json_string(&buf, "abcd", 4);
    EXPECT(!buf.full && buf.len == 6);
    struct buf tight = fresh(6);
    buf_json_string(&tight, "ab\x01", 3);
    EXPECT(tight.full);
}
