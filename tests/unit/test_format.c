/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations come from the RFCs that format.h names: their examples, and the edges of their
 * grammars. */
#include "format.h"

#include "test.h"

static void expect_all(enum schema_format format, bool expected, const char *const *texts)
{
    for (; *texts; texts++)
        if (format_matches(format, *texts) != expected) {
            test_failed = true;
            printf("# %s: %s\n", expected ? "refused" : "accepted", *texts);
        }
}

#define EXPECT_VALID(format, ...) expect_all(format, true, (const char *const[]){__VA_ARGS__, NULL})
#define EXPECT_INVALID(format, ...)                                                                \
    expect_all(format, false, (const char *const[]){__VA_ARGS__, NULL})

TEST(uuid)
{
    /* RFC 9562, appendix A and sections 5.9 and 5.10. */
    EXPECT_VALID(FORMAT_UUID, "C232AB00-9414-11EC-B3C8-9F6BDECED846",
                 "919108f7-52d1-4320-9bac-f847db4148a8", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
                 "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF");
    EXPECT_INVALID(FORMAT_UUID, "", "017F22E2-79B0-7CC3-98C4-DC0C0C07398",
                   "017F22E2-79B0-7CC3-98C4-DC0C0C07398F0", "017F22E279B07CC398C4DC0C0C07398F",
                   "{017F22E2-79B0-7CC3-98C4-DC0C0C07398F}", "017F22E2-79B0-7CC3-98C4-DC0C0C07398G",
                   "urn:uuid:017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
                   "017F22E2-79B0-7CC3-98C4DC-0C0C07398F", " 17F22E2-79B0-7CC3-98C4-DC0C0C07398F");
}

TEST(date)
{
    EXPECT_VALID(FORMAT_DATE, "2026-03-01", "0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29",
                 "2026-04-30");
    EXPECT_INVALID(FORMAT_DATE, "", "2026-3-1", "2026-02-29", "1900-02-29", "2100-02-29",
                   "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32",
                   "0000-01-01", "02026-01-01", "2026-01-01T", "2026/01/01", "-001-01-01",
                   "2026-01-01 ", "20260101");
}

/* Written again, one before or after these would have another number of digits. */
TEST(date_time_in_the_years_that_can_be_written)
{
    EXPECT_VALID(FORMAT_DATE_TIME, "0001-01-01T00:00:00Z", "0001-01-01T15:00:00+15:00",
                 "9999-12-31T23:59:59.9999994Z", "9999-12-31T23:59:59.999999Z",
                 "9999-12-31T08:59:59-15:00", "9999-12-31T23:59:59.000000500Z");
    EXPECT_INVALID(FORMAT_DATE_TIME, "0001-01-01T00:00:00+00:01", "0001-01-01T14:59:59+15:00",
                   "9999-12-31T23:59:59-00:01", "9999-12-31T09:00:00-15:00", "9999-12-31T23:59:60Z",
                   "9999-12-31T23:59:59.9999995Z", "9999-12-31T23:59:59.999999999Z");
}

TEST(date_time)
{
    /* RFC 3339 section 5.8. */
    EXPECT_VALID(FORMAT_DATE_TIME, "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00",
                 "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
                 "1937-01-01T12:00:27.87+00:20");
    EXPECT_VALID(FORMAT_DATE_TIME, "2026-03-01t09:30:00z", "2026-03-01T00:00:00.123456789+14:00",
                 "2026-03-01T23:59:59-15:59", "1991-01-01T00:59:60+01:00",
                 "2026-03-01T00:00:00-00:00");
    EXPECT_INVALID(FORMAT_DATE_TIME, "", "2026-03-01", "2026-03-01T09:30Z", "2026-03-01T09:30:00",
                   "2026-03-01 09:30:00Z", "2026-02-30T09:30:00Z", "2026-03-01T24:00:00Z",
                   "2026-03-01T09:60:00Z", "2026-03-01T09:30:61Z", "2026-03-01T09:30:60Z",
                   "1990-12-31T23:59:60+01:00", "2026-03-01T09:30:00.Z",
                   "2026-03-01T09:30:00.1234567891Z", "2026-03-01T09:30:00+0100",
                   "2026-03-01T09:30:00+01", "2026-03-01T09:30:00+24:00",
                   "2026-03-01T09:30:00+01:60", "2026-03-01T09:30:00Z ", "2026-03-01T09:30:00,5Z",
                   "2026-03-01T9:30:00Z", "now");
}

TEST(email)
{
    EXPECT_VALID(FORMAT_EMAIL, "a@b", "ada@example.org", "ada.l+tag@mail.example.org",
                 "o'brien@example.org", "{x}!#$%&*@example.org",
                 "j\xC3\xB6rg@b\xC3\xBC"
                 "cher.example");
    EXPECT_INVALID(FORMAT_EMAIL, "", "@", "a@", "@b", "ab", "a@b@c", ".a@b", "a.@b", "a..b@c",
                   "a b@c", "a@b c", "a@-b", "a@b-", "a@b..c", "a@.b", "a@b.", "a@b_c", "\"a\"@b",
                   "a,b@c", "<a@b>", "a@b\n",
                   "01234567890123456789012345678901234567890123456789012345678901234@b",
                   "a@0123456789012345678901234567890123456789012345678901234567890123");
}

TEST(uri)
{
    /* RFC 3986 section 1.1.2, of which only http fits, and RFC 2732's addresses. */
    EXPECT_VALID(FORMAT_URI, "http://www.ietf.org/rfc/rfc2396.txt", "https://example.org",
                 "HTTPS://EXAMPLE.ORG/", "http://localhost:8080/a?b=c&d=%20#e", "http://127.0.0.1",
                 "http://[2001:db8::7]/c=GB?objectClass?one", "http://[::1]:1/", "https://a:65535",
                 "https://a?q", "https://a#f");
    EXPECT_INVALID(FORMAT_URI, "", "example.org", "/a", "//example.org", "http:/a", "http://",
                   "http:///a", "ftp://ftp.is.co.za/rfc/rfc1808.txt", "mailto:John.Doe@example.com",
                   "javascript:alert(1)", "http://user@host/", "http://user:secret@host/",
                   "http://a b/", "http://a/b c", "http://a/\"", "http://a/<b>", "http://a/%zz",
                   "http://a/%2", "http://a:/", "http://a:0/", "http://a:65536/", "http://a:8x/",
                   "http://[::1", "http://[]/", "http://[::g]/", "http://[::1]x/", "http://a/#b#c",
                   "http://a\\b/", "http://a/\xC3\xA9", "http://a..b/", " http://a/");
}

TEST(duration)
{
    /* RFC 3339 appendix A. */
    EXPECT_VALID(FORMAT_DURATION, "P1Y", "P1M", "P4W", "P3D", "PT12H", "PT1M", "PT30S",
                 "P1Y2M3DT4H5M6S", "P1YT1S", "P0D", "PT999999999S");
    EXPECT_INVALID(FORMAT_DURATION, "", "P", "PT", "P1", "1D", "P1D2M", "PT1S1H", "P1W2D", "P1DT",
                   "P1H", "PT1D", "P-1D", "-P1D", "P1.5D", "PT1.5S", "P1D1D", "p1d", "P1D ",
                   "P1234567890D", "PW", "PT1H1H", "P1234567890W");
}

TEST(no_format_takes_anything)
{
    EXPECT_VALID(FORMAT_NONE, "", "x");
}
