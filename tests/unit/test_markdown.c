/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader sees of these is tried in tests/api/test_record_markdown.py. */
#include "markdown.h"

#include "test.h"

static struct arena arena;

static const char *line(const char *text)
{
    struct buf out;
    buf_init(&out, &arena, SIZE_MAX);
    markdown_line(&out, text);
    return buf_cstr(&out);
}

static const char *quote(const char *text, const char *indent)
{
    struct buf out;
    buf_init(&out, &arena, SIZE_MAX);
    markdown_quote(&out, text, indent);
    return buf_cstr(&out);
}

TEST(line__is_one_line)
{
    EXPECT_TEXT(line(NULL), "");
    EXPECT_TEXT(line(" \n a \r\n\tb\x01\x7f"
                     "c \xc2\x85\xe2\x80\xa8 "),
                "a b c");
    EXPECT_TEXT(line("ü€🚲"), "ü€🚲");
    EXPECT_TEXT(line("a\xc2\0b"), "a\xc2"); /* cut amid a character, the end is still the end */
}

TEST(line__means_nothing_but_itself)
{
    EXPECT_TEXT(line("a*b_c _d_ `e` [f] <g> &h; i|j ~k~ \\ $l$"),
                "a\\*b_c \\_d\\_ \\`e\\` \\[f\\] \\<g> \\&h; i\\|j \\~k\\~ \\\\ \\$l\\$");
    EXPECT_TEXT(line("# a# ##"), "\\# a# \\#\\#");
    EXPECT_TEXT(line("- a - b"), "\\- a - b");
    EXPECT_TEXT(line("+"), "\\+");
    EXPECT_TEXT(line("==="), "\\===");
    EXPECT_TEXT(line("> a > b"), "\\> a > b");
    EXPECT_TEXT(line("12. a 3. b"), "12\\. a 3. b");
    EXPECT_TEXT(line("1) a"), "1\\) a");
    EXPECT_TEXT(line("1.5 a"), "1.5 a");
    EXPECT_TEXT(line("2."), "2\\.");
    EXPECT_TEXT(line("123456789. a"), "123456789\\. a");
    EXPECT_TEXT(line("1234567890. a"), "1234567890. a"); /* CommonMark 0.31 section 5.2 */
}

TEST(quote__holds_every_line)
{
    EXPECT_TEXT(quote("", ""), "> \n");
    EXPECT_TEXT(quote("# a\r\n\nb\rc", "  "), "  > # a\n  > \n  > b\n  > c\n");
    EXPECT_TEXT(quote("a < b <c> </d> <!-- <? <3", ""),
                "> a < b &lt;c> &lt;/d> &lt;!-- &lt;? <3\n");
}

TEST(yaml__is_a_quoted_string)
{
    struct buf out;
    buf_init(&out, &arena, SIZE_MAX);
    markdown_yaml(&out, "a: \"b\"\n#\x7f\\");
    EXPECT_TEXT(buf_cstr(&out), "\"a: \\\"b\\\" # \\\\\"");
}

TEST(time__to_the_minute)
{
    struct buf out;
    buf_init(&out, &arena, SIZE_MAX);
    markdown_time(&out, "2026-03-01T09:30:59.5Z");
    EXPECT_TEXT(buf_cstr(&out), "2026-03-01 09:30 UTC");
    arena_release(&arena);
}
