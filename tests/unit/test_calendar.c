/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"
#include "test.h"

static struct arena arena;

static struct calendar_entry plain(void)
{
    return (struct calendar_entry){.uid = "1@cohelm.example",
                                   .at = "2026-03-01T09:30:00Z",
                                   .changed_at = "2026-02-01T00:00:00.123456Z",
                                   .sequence = 3,
                                   .summary = "Office: vote ends",
                                   .description = "Acme",
                                   .category = "Acme",
                                   .url = "https://cohelm.example/v1/x"};
}

static const char *written(const struct calendar_entry *entry)
{
    struct buf out;
    buf_init(&out, &arena, SIZE_MAX);
    calendar_add(&out, entry);
    return buf_cstr(&out);
}

TEST(entry__as_RFC_5545_writes_it)
{
    struct calendar_entry entry = plain();
    EXPECT_TEXT(written(&entry), "BEGIN:VEVENT\r\n"
                                 "UID:1@cohelm.example\r\n"
                                 "DTSTAMP:20260201T000000Z\r\n"
                                 "DTSTART:20260301T093000Z\r\n"
                                 "SEQUENCE:3\r\n"
                                 "SUMMARY:Office: vote ends\r\n"
                                 "DESCRIPTION:Acme\r\n"
                                 "CATEGORIES:Acme\r\n"
                                 "URL:https://cohelm.example/v1/x\r\n"
                                 "TRANSP:TRANSPARENT\r\n"
                                 "END:VEVENT\r\n");
}

TEST(calendar__has_a_component_also_without_entries)
{
    struct buf out;
    buf_init(&out, &arena, SIZE_MAX);
    calendar_begin(&out, "A, B");
    calendar_end(&out, true);
    const char *text = buf_cstr(&out);
    EXPECT(strstr(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") == text);
    EXPECT(strstr(text, "\r\nNAME:A\\, B\r\n"));
    EXPECT(strstr(text, "\r\nBEGIN:VTIMEZONE\r\n"));
    EXPECT(strcmp(text + out.len - 15, "END:VCALENDAR\r\n") == 0);
}

/* Section 3.3.11: backslash, semicolon, comma and line ends are escaped, the colon is not. */
TEST(texts__are_escaped)
{
    struct calendar_entry entry = plain();
    entry.summary = "a\\b;c,d:e\nf\r\ng\rh\ti\x01j\x7Fk\"l";
    EXPECT(strstr(written(&entry),
                  "\r\nSUMMARY:a\\\\b\\;c\\,d:e\\nf\\ng\\nh\ti jk\"l\r\nDESCRIPTION"));
}

TEST(texts__cannot_begin_a_line)
{
    struct calendar_entry entry = plain();
    entry.summary = "x\r\nEND:VEVENT\r\nBEGIN:VALARM";
    EXPECT(strstr(written(&entry), "\r\nSUMMARY:x\\nEND:VEVENT\\nBEGIN:VALARM\r\n"));
}

/* Section 3.1: at most 75 octets without the line end; a fold is CRLF and a space, and unfolding
 * gives the line again. */
static void check_folding(const char *unit, const char *expected_unit)
{
    for (size_t lead = 0; lead < 80; lead++) {
        char text[1200] = "", expected[1200] = "";
        for (size_t i = 0; i < lead; i++)
            strncat(text, "x", 2), strncat(expected, "x", 2);
        for (size_t i = 0; i < 60; i++) {
            strncat(text, unit, 5);
            strncat(expected, expected_unit, 5);
        }
        struct calendar_entry entry = plain();
        entry.summary = text;
        const char *line = strstr(written(&entry), "\r\nSUMMARY:") + 2;
        char unfolded[1200];
        size_t len = 0, octets = 0;
        for (; strncmp(line, "\r\nDESC", 6) != 0; line++) {
            if (strncmp(line, "\r\n ", 3) == 0) {
                EXPECT(((unsigned char)line[3] & 0xC0) != 0x80);
                line += 2;
                octets = 1;
                continue;
            }
            unfolded[len++] = *line;
            EXPECT(++octets <= 75);
        }
        unfolded[len] = '\0';
        EXPECT_TEXT(unfolded + strlen("SUMMARY:"), expected);
        arena_reset(&arena);
    }
}

TEST(lines__are_folded_between_characters)
{
    check_folding("a", "a");
    check_folding("ü", "ü");
    check_folding("€", "€");
    check_folding("🚲", "🚲");
    check_folding(",", "\\,");
    check_folding("\n", "\\n");
}

TEST(line_of_75_octets__is_not_folded)
{
    char text[80];
    struct calendar_entry entry = plain();
    memset(text, 'x', 68);
    text[67] = '\0'; /* with SUMMARY: 75 */
    entry.summary = text;
    EXPECT(!strstr(written(&entry), "\r\n "));
    text[67] = 'x';
    text[68] = '\0';
    EXPECT(strstr(written(&entry), "x\r\n x\r\n"));
}
