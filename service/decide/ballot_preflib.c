/* SPDX-License-Identifier: Apache-2.0 */
/* PrefLib: a head of "# KEY: value" lines, then "count: 1,{2,3},4" for each order, or one group per
 * category. */
#include "ballot_profile.h"

#include <ctype.h>
#include <string.h>

static bool begins(const char *line, const char *with, char **rest)
{
    size_t len = strlen(with);
    if (strncmp(line, with, len) != 0)
        return false;
    *rest = (char *)line + len;
    return true;
}

static bool read_head(struct profile *profile, char *line, int64_t *alternatives)
{
    char *rest;
    int64_t number;
    line++;
    profile_skip_blanks(&line);
    if (begins(line, "NUMBER ALTERNATIVES:", &rest)) {
        profile_skip_blanks(&rest);
        return (profile_number(&rest, alternatives) && !*rest) ||
               profile_fault(profile, FAULT_FORMAT, "The number of alternatives can't be read.");
    }
    if (!begins(line, "ALTERNATIVE NAME", &rest))
        return true; /* about the data set */
    profile_skip_blanks(&rest);
    if (!profile_number(&rest, &number) || *rest != ':' || number != (int64_t)profile->named + 1)
        return profile_fault(profile, FAULT_FORMAT, "Alternatives are named 1, 2, 3 and so on.");
    rest++;
    profile_skip_blanks(&rest);
    return profile_option(profile, rest, strlen(rest));
}

static bool read_one(struct profile *profile, char **at, size_t rank)
{
    int64_t number;
    profile_skip_blanks(at);
    if (!profile_number(at, &number))
        return profile_fault(profile, FAULT_FORMAT, "The line holds something unexpected.");
    if (number < 1 || number > (int64_t)profile->option_count)
        return profile_fault(profile, FAULT_BALLOT_UNKNOWN_OPTION,
                             "There is no alternative of this number.");
    profile_skip_blanks(at);
    return profile_mark(profile, (size_t)number - 1, rank, PROFILE_UNSCORED);
}

/* "3" or "{1,2}" or "{}" */
static bool read_group(struct profile *profile, char **at, size_t rank)
{
    profile_skip_blanks(at);
    if (**at != '{')
        return read_one(profile, at, rank);
    (*at)++;
    profile_skip_blanks(at);
    while (**at != '}') {
        if (!read_one(profile, at, rank))
            return false;
        if (**at == ',')
            (*at)++;
        else if (**at != '}')
            return profile_fault(profile, FAULT_FORMAT, "A bracket is not closed.");
    }
    (*at)++;
    profile_skip_blanks(at);
    return true;
}

static bool read_order(struct profile *profile, char *line)
{
    int64_t count;
    if (!profile_number(&line, &count))
        return profile_fault(profile, FAULT_FORMAT, "An order begins with a whole number.");
    profile_skip_blanks(&line);
    if (*line++ != ':')
        return profile_fault(profile, FAULT_FORMAT, "A colon stands before an order.");
    profile_skip_blanks(&line);
    for (size_t rank = 1; *line; rank++) {
        if (!read_group(profile, &line, rank))
            return false;
        if (*line == ',')
            line++;
        else if (*line)
            return profile_fault(profile, FAULT_FORMAT, "The line holds something unexpected.");
    }
    profile_ballot(profile, count, true);
    return true;
}

bool profile_read_preflib(struct profile *profile)
{
    char *line;
    int64_t alternatives = -1;
    while (profile_line(profile, 0, &line)) {
        if (*line == '#' && !read_head(profile, line, &alternatives))
            return false;
        if (*line && *line != '#' && !read_order(profile, line))
            profile_ballot(profile, 0, false);
    }
    if (alternatives != (int64_t)profile->option_count)
        return profile_fault(profile, FAULT_FORMAT,
                             "The head must say the number and the names of the alternatives.");
    return true;
}
