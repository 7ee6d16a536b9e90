/* SPDX-License-Identifier: Apache-2.0 */
#include "decide/instant.h"

#include "test.h"

static int64_t read(const char *text)
{
    int64_t micros = -1;
    return instant_read(text, &micros) ? micros : -1;
}

/* Seconds as `date -u -d TEXT +%s` prints them. */
TEST(instant__known_times)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1972-02-29T23:59:59Z", 68255999},
        {"2000-03-01T00:00:00Z", 951868800},
        {"2023-11-15T12:00:00Z", 1700049600},
        {"2024-02-29T12:34:56+02:00", 1709202896},
        {"2025-12-31T23:59:59-00:30", 1767227399},
        {"2100-03-01T00:00:00z", 4107542400},
        {"9999-12-31t23:59:59Z", 253402300799},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT(read(cases[i].text) == cases[i].seconds * 1000000);
}

TEST(instant__fractions_down_to_a_microsecond)
{
    EXPECT(read("1970-01-01T00:00:01.5Z") == 1500000);
    EXPECT(read("1970-01-01T00:00:00.000001Z") == 1);
    EXPECT(read("1970-01-01T00:00:00.123456789Z") == 123456);
}

TEST(instant__what_is_none)
{
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-03-01",
        "2026-03-01T09:30:00",
        "2026-03-01 09:30:00Z",
        "2026-3-1T09:30:00Z",
        "2026-13-01T09:30:00Z",
        "2026-00-01T09:30:00Z",
        "2026-02-29T09:30:00Z",
        "2100-02-29T09:30:00Z",
        "2026-04-31T09:30:00Z",
        "2026-04-00T09:30:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T09:60:00Z",
        "2026-03-01T09:30:61Z",
        "2026-03-01T09:30:00.Z",
        "2026-03-01T09:30:00.1234567890Z",
        "2026-03-01T09:30:00+2:00",
        "2026-03-01T09:30:00+16:00",
        "2026-03-01T09:30:00Zx",
        "1969-12-31T23:59:59Z",
        "-026-03-01T09:30:00Z",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        EXPECT(read(wrong[i]) == -1);
}

TEST(instant_write__what_is_read_again)
{
    static const char *const texts[] = {
        "1970-01-01T00:00:00Z",        "1999-12-31T23:59:59Z",        "2000-02-29T12:00:00Z",
        "2024-02-29T23:59:59.999999Z", "2100-03-01T00:00:00.000001Z", "2400-12-31T01:02:03Z"};
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t micros = 0;
        struct buf buf;
        buf_init(&buf, &arena, 64);
        EXPECT(instant_read(texts[i], &micros));
        instant_write(&buf, micros);
        EXPECT_TEXT(buf_cstr(&buf), texts[i]);
    }
    arena_release(&arena);
}
