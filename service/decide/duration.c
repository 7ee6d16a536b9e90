/* SPDX-License-Identifier: Apache-2.0 */
#include "duration.h"

#define SECOND INT64_C(1000000)
#define DAY (INT64_C(86400) * SECOND)
#define YEARS_MAX 100

/* Digits from `*at`; false when there are none or more than nine. */
static bool read_number(const char **at, const char *end, int64_t *number)
{
    const char *start = *at;
    *number = 0;
    while (*at < end && **at >= '0' && **at <= '9' && *at - start < 10)
        *number = *number * 10 + (*(*at)++ - '0');
    return *at > start && *at - start < 10;
}

/* Adds `number` units; the designators of one part come in a fixed order, each at most once, so the
 * caller passes those that may still come. */
static bool add_unit(struct duration *duration, bool clock, char unit, int64_t number,
                     const char **rest)
{
    for (const char *designator = *rest; *designator; designator++) {
        if (*designator != unit)
            continue;
        *rest = designator + 1;
        if (unit == 'Y')
            duration->months += 12 * number;
        else if (unit == 'M' && !clock)
            duration->months += number;
        else if (unit == 'W')
            duration->days += 7 * number;
        else if (unit == 'D')
            duration->days += number;
        else
            duration->seconds += number * (unit == 'H' ? 3600 : unit == 'M' ? 60 : 1);
        return true;
    }
    return false;
}

bool duration_read(const char *text, size_t len, struct duration *duration)
{
    const char *at = text, *end = text + len, *rest = "YMWD";
    struct duration read = {0};
    bool clock = false;
    int64_t number;
    if (at == end || *at++ != 'P' || at == end)
        return false;
    while (at < end) {
        if (*at == 'T' && !clock) {
            clock = true;
            rest = "HMS";
            at++;
        }
        if (!read_number(&at, end, &number) || at == end ||
            !add_unit(&read, clock, *at++, number, &rest))
            return false;
    }
    int64_t days = read.days + read.seconds / 86400 + read.months * 31;
    if ((!read.months && !read.days && !read.seconds) || days > YEARS_MAX * INT64_C(372))
        return false;
    *duration = read;
    return true;
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar, and back: years counted from
 * March, so that the leap day ends the year, in eras of 400 years. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_of(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t march_month = (5 * of_year + 2) / 153;
    *day = of_year - (153 * march_month + 2) / 5 + 1;
    *month = march_month < 10 ? march_month + 3 : march_month - 9;
    *year = years + era * 400 + (*month <= 2);
}

static int64_t month_length(int64_t year, int64_t month)
{
    int64_t next_year = month == 12 ? year + 1 : year, next = month == 12 ? 1 : month + 1;
    return days_of(next_year, next, 1) - days_of(year, month, 1);
}

int64_t duration_add(int64_t at, const struct duration *duration)
{
    int64_t days = at / DAY, rest = at % DAY;
    if (rest < 0) {
        days--;
        rest += DAY;
    }
    if (duration->months) {
        int64_t year, month, day;
        date_of(days, &year, &month, &day);
        int64_t months = year * 12 + month - 1 + duration->months;
        year = months / 12;
        month = months % 12 + 1;
        int64_t last = month_length(year, month);
        days = days_of(year, month, day < last ? day : last);
    }
    return (days + duration->days) * DAY + rest + duration->seconds * SECOND;
}
