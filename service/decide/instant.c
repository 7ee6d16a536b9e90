/* SPDX-License-Identifier: Apache-2.0 */
#include "instant.h"

#include <stddef.h>

/* Reads exactly `count` digits. */
static bool read_digits(const char **text, int count, int64_t *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

static bool read_char(const char **text, char upper, char lower)
{
    if (**text != upper && **text != lower)
        return false;
    (*text)++;
    return true;
}

/* Days since the epoch of a day of the Gregorian calendar: years begin in March, so that the odd
 * day of leap years is the last; 400 years have 146097 days. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    if (month <= 2) {
        year--;
        month += 12;
    }
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day -
           719469;
}

static bool is_day(int64_t year, int64_t month, int64_t day)
{
    if (year < 1970 || month < 1 || month > 12 || day < 1)
        return false;
    int64_t next = month == 12 ? days_of(year + 1, 1, 1) : days_of(year, month + 1, 1);
    return day <= next - days_of(year, month, 1);
}

static bool read_fraction(const char **text, int64_t *micros)
{
    int64_t unit = 100000, digit;
    int digits = 0;
    *micros = 0;
    if (!read_char(text, '.', '.'))
        return true;
    for (; read_digits(text, 1, &digit); digits++, unit /= 10)
        *micros += digit * unit;
    return digits >= 1 && digits <= 9;
}

static bool read_offset(const char **text, int64_t *minutes)
{
    int64_t hour, minute, sign;
    *minutes = 0;
    if (read_char(text, 'Z', 'z'))
        return true;
    sign = **text == '-' ? -1 : 1;
    if (!read_char(text, '+', '-') || !read_digits(text, 2, &hour) || !read_char(text, ':', ':') ||
        !read_digits(text, 2, &minute) || hour > 15 || minute > 59)
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

bool instant_read(const char *text, int64_t *micros)
{
    int64_t year, month, day, hour, minute, second, fraction, offset;
    if (!read_digits(&text, 4, &year) || !read_char(&text, '-', '-') ||
        !read_digits(&text, 2, &month) || !read_char(&text, '-', '-') ||
        !read_digits(&text, 2, &day) || !read_char(&text, 'T', 't') ||
        !read_digits(&text, 2, &hour) || !read_char(&text, ':', ':') ||
        !read_digits(&text, 2, &minute) || !read_char(&text, ':', ':') ||
        !read_digits(&text, 2, &second) || !read_fraction(&text, &fraction) ||
        !read_offset(&text, &offset) || *text)
        return false;
    if (!is_day(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return false;
    int64_t minutes = (days_of(year, month, day) * 24 + hour) * 60 + minute - offset;
    *micros = (minutes * 60 + second) * 1000000 + fraction;
    return true;
}

void instant_write(struct buf *buf, int64_t micros)
{
    const int64_t day = INT64_C(86400) * 1000000;
    int64_t days = micros / day, rest = micros % day, seconds = rest / 1000000, year, month = 1;
    for (year = 1970 + days / 366; days_of(year + 1, 1, 1) <= days; year++)
        ;
    while (month < 12 && days_of(year, month + 1, 1) <= days)
        month++;
    int64_t day_of_month = days - days_of(year, month, 1) + 1;
    buf_printf(buf, "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld", (long long)year, (long long)month,
               (long long)day_of_month, (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
               (long long)(seconds % 60));
    if (rest % 1000000)
        buf_printf(buf, ".%06lld", (long long)(rest % 1000000));
    buf_char(buf, 'Z');
}
