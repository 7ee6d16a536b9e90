/* SPDX-License-Identifier: Apache-2.0 */
#include "decide/duration.h"
#include "test.h"

#include <time.h>

static int64_t utc(const char *text)
{
    struct tm tm = {0};
    if (!strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        exit(2);
    return (int64_t)timegm(&tm) * 1000000;
}

/* Expected values are those of PostgreSQL: select timestamptz '…' + interval '…' (time zone UTC).
 */
TEST(duration__is_added_as_the_calendar_says)
{
    static const struct {
        const char *from, *duration, *to;
    } cases[] = {
        {"2024-01-31T10:00:00Z", "P1M", "2024-02-29T10:00:00Z"},
        {"2023-01-31T10:00:00Z", "P1M", "2023-02-28T10:00:00Z"},
        {"2024-02-29T23:59:59Z", "P1Y", "2025-02-28T23:59:59Z"},
        {"2024-12-31T00:00:00Z", "P2M", "2025-02-28T00:00:00Z"},
        {"2024-02-28T12:00:00Z", "P2D", "2024-03-01T12:00:00Z"},
        {"2024-02-28T12:00:00Z", "PT36H", "2024-03-01T00:00:00Z"},
        {"2024-02-28T12:00:00Z", "P2W", "2024-03-13T12:00:00Z"},
        {"2024-01-30T00:00:00Z", "P1M1DT1H1M1S", "2024-03-01T01:01:01Z"},
        {"1999-12-31T23:59:59Z", "PT1S", "2000-01-01T00:00:00Z"},
        {"2000-03-01T00:00:00Z", "P100Y", "2100-03-01T00:00:00Z"},
        {"1969-12-31T12:00:00Z", "P1D", "1970-01-01T12:00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct duration duration;
        bool read = duration_read(cases[i].duration, strlen(cases[i].duration), &duration);
        EXPECT(read);
        EXPECT(read && duration_add(utc(cases[i].from), &duration) == utc(cases[i].to));
    }
}

TEST(duration__days_agree_with_the_c_library_for_300_years)
{
    struct duration month = {.months = 1};
    for (int64_t m = 0; m < 300 * 12; m++) {
        struct tm tm = {.tm_year = (int)(m / 12) + 1, .tm_mon = (int)(m % 12), .tm_mday = 1};
        int64_t from = (int64_t)timegm(&tm) * 1000000;
        tm = (struct tm){.tm_year = (int)(m / 12) + 1, .tm_mon = (int)(m % 12) + 1, .tm_mday = 1};
        EXPECT(duration_add(from, &month) == (int64_t)timegm(&tm) * 1000000);
    }
}

TEST(duration__refuses_what_is_none)
{
    static const char *const bad[] = {
        "",      "P",      "PT",    "3D",           "P3",     "P-3D",  "P0D",  "PT0S",
        "P3DT",  "P1H",    "PT1D",  "P1.5D",        "P1D1D",  "P1D1M", "P3D ", "p3d",
        "P101Y", "PT1M1H", "PTT1H", "P9999999999D", "P1T1H1", "P3d",   "P 3D"};
    struct duration duration;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bool read = duration_read(bad[i], strlen(bad[i]), &duration);
        if (read)
            printf("# %s\n", bad[i]);
        EXPECT(!read);
    }
}
