/* SPDX-License-Identifier: Apache-2.0 */
#include "format.h"

#include <string.h>
#include <strings.h>

/* Locale-free and safe for any char. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_beyond_ascii(char c)
{
    return ((unsigned char)c & 0x80) != 0;
}

static bool is_uuid(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i]))
            return false;
    }
    return text[36] == '\0';
}

/* Reads exactly `count` digits. */
static bool read_digits(const char **text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (!is_digit(**text))
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

static bool read_char(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool read_date(const char **text)
{
    int year, month, day;
    return read_digits(text, 4, &year) && read_char(text, '-') && read_digits(text, 2, &month) &&
           read_char(text, '-') && read_digits(text, 2, &day) && year >= 1 && month >= 1 &&
           month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

static bool read_fraction(const char **text)
{
    if (!read_char(text, '.'))
        return true;
    size_t digits = strspn(*text, "0123456789");
    *text += digits;
    return digits >= 1 && digits <= 9;
}

/* `Z` or ±hh:mm; `*minutes` is what local time is ahead of UTC. PostgreSQL knows offsets below 16
 * hours; those in use end at 14. */
static bool read_offset(const char **text, int *minutes)
{
    int hour, minute;
    *minutes = 0;
    if (read_char(text, 'Z') || read_char(text, 'z'))
        return true;
    int sign = **text == '-' ? -1 : 1;
    if (!read_char(text, '+') && !read_char(text, '-'))
        return false;
    if (!read_digits(text, 2, &hour) || !read_char(text, ':') || !read_digits(text, 2, &minute) ||
        hour > 15 || minute > 59)
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

/* Whether a time lies outside of the years 0001 to 9999 of UTC, the only ones that can be written
 * again. `utc` is the minute of the day that the text names, below 0 or over 1439 when it is
 * another day in UTC. PostgreSQL rounds to microseconds. */
static bool leaves_calendar(const char *text, int utc, int second)
{
    if (strncmp(text, "0001-01-01", 10) == 0)
        return utc < 0;
    if (strncmp(text, "9999-12-31", 10) != 0)
        return false;
    const char *fraction = text + sizeof "9999-12-31T23:59:59" - 1;
    bool rounds_up =
        strncmp(fraction, ".999999", 7) == 0 && fraction[7] >= '5' && is_digit(fraction[7]);
    return utc > 1439 || (utc == 1439 && second + rounds_up >= 60);
}

static bool is_date_time(const char *text)
{
    const char *start = text;
    int hour, minute, second, offset;
    if (!read_date(&text) || !(read_char(&text, 'T') || read_char(&text, 't')) ||
        !read_digits(&text, 2, &hour) || !read_char(&text, ':') ||
        !read_digits(&text, 2, &minute) || !read_char(&text, ':') ||
        !read_digits(&text, 2, &second) || !read_fraction(&text) || !read_offset(&text, &offset) ||
        *text != '\0')
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    int utc = hour * 60 + minute - offset;
    return (second < 60 || (utc + 2 * 1440) % 1440 == 1439) && !leaves_calendar(start, utc, second);
}

static bool is_date(const char *text)
{
    return read_date(&text) && *text == '\0';
}

/* Dot-separated labels (RFC 1123 section 2.1), or Unicode ones. */
static bool is_domain(const char *text, size_t len)
{
    size_t label = 0;
    if (len == 0 || len > 253)
        return false;
    for (size_t i = 0; i <= len; i++) {
        char c = i < len ? text[i] : '.';
        if (c == '.') {
            if (label == 0 || label > 63 || text[i - 1] == '-' || text[i - label] == '-')
                return false;
            label = 0;
        } else if (is_digit(c) || is_letter(c) || c == '-' || is_beyond_ascii(c)) {
            label++;
        } else {
            return false;
        }
    }
    return true;
}

static bool is_email(const char *text)
{
    const char *at = strrchr(text, '@');
    size_t local = at ? (size_t)(at - text) : 0;
    if (local == 0 || local > 64 || strlen(text) > 254)
        return false;
    for (size_t i = 0; i < local; i++) {
        if (text[i] == '.') {
            if (i == 0 || i == local - 1 || text[i + 1] == '.')
                return false;
        } else if (!is_digit(text[i]) && !is_letter(text[i]) && !is_beyond_ascii(text[i]) &&
                   !strchr("!#$%&'*+-/=?^_`{|}~", text[i])) {
            return false;
        }
    }
    return is_domain(at + 1, strlen(at + 1));
}

/* host or [IPv6], then :port if given. */
static bool is_authority(const char *text, size_t len)
{
    size_t host = len;
    if (len && text[0] == '[') {
        const char *end = memchr(text, ']', len);
        if (!end || end == text + 1 ||
            strspn(text + 1, "0123456789abcdefABCDEF:.") != (size_t)(end - text) - 1)
            return false;
        host = (size_t)(end - text) + 1;
    } else {
        const char *colon = memchr(text, ':', len);
        host = colon ? (size_t)(colon - text) : len;
        if (!is_domain(text, host))
            return false;
    }
    if (host == len)
        return true;
    long port = 0;
    if (text[host] != ':' || len - host < 2 || len - host > 6)
        return false;
    for (size_t i = host + 1; i < len; i++) {
        if (!is_digit(text[i]))
            return false;
        port = port * 10 + (text[i] - '0');
    }
    return port >= 1 && port <= 65535;
}

static bool is_uri(const char *text)
{
    size_t scheme = strncasecmp(text, "https://", 8) == 0  ? 8
                    : strncasecmp(text, "http://", 7) == 0 ? 7
                                                           : 0;
    if (!scheme)
        return false;
    const char *rest = text + scheme;
    size_t authority = strcspn(rest, "/?#");
    if (!is_authority(rest, authority))
        return false;
    bool fragment = false;
    for (const char *p = rest + authority; *p; p++) {
        if (*p == '%' && !(is_hex(p[1]) && is_hex(p[2])))
            return false;
        if (*p == '#' && fragment)
            return false;
        fragment = fragment || *p == '#';
        if (!is_digit(*p) && !is_letter(*p) && !strchr("-._~:/?#@!$&'()*+,;=%", *p))
            return false;
    }
    return true;
}

/* Reads "12H" and the like: units in the order of `units`, each at most once. */
static bool read_units(const char **text, const char *units, int *count)
{
    while (is_digit(**text)) {
        size_t digits = strspn(*text, "0123456789");
        const char *unit = (*text)[digits] ? strchr(units, (*text)[digits]) : NULL;
        if (!unit || digits > 9)
            return false;
        *text += digits + 1;
        units = unit + 1;
        (*count)++;
    }
    return true;
}

static bool is_duration(const char *text)
{
    int dates = 0, times = 0;
    if (!read_char(&text, 'P'))
        return false;
    size_t digits = strspn(text, "0123456789");
    if (digits && digits <= 9 && strcmp(text + digits, "W") == 0)
        return true;
    if (!read_units(&text, "YMD", &dates))
        return false;
    if (read_char(&text, 'T') && (!read_units(&text, "HMS", &times) || !times))
        return false;
    return *text == '\0' && dates + times > 0;
}

bool format_matches(enum schema_format format, const char *text)
{
    switch (format) {
    case FORMAT_NONE:
        return true;
    case FORMAT_UUID:
        return is_uuid(text);
    case FORMAT_DATE:
        return is_date(text);
    case FORMAT_DATE_TIME:
        return is_date_time(text);
    case FORMAT_EMAIL:
        return is_email(text);
    case FORMAT_URI:
        return is_uri(text);
    case FORMAT_DURATION:
        return is_duration(text);
    }
    return false;
}

const char *format_name(enum schema_format format)
{
    static const char *const names[] = {
        [FORMAT_NONE] = "a text",
        [FORMAT_UUID] = "a UUID",
        [FORMAT_DATE] = "a date (2026-03-01)",
        [FORMAT_DATE_TIME] = "a time as of RFC 3339 (2026-03-01T09:30:00Z)",
        [FORMAT_EMAIL] = "an e-mail address",
        [FORMAT_URI] = "an absolute http or https URL",
        [FORMAT_DURATION] = "a duration as of ISO 8601 (P3D, PT12H)",
    };
    return names[format];
}
