/* SPDX-License-Identifier: Apache-2.0 */
/* BLT: "candidates seats", "-withdrawn …", one line "weight preference … 0" per ballot, "0", then
 * the names and the title in quotes. */
#include "ballot_profile.h"

#include <ctype.h>
#include <string.h>

struct blt {
    struct profile *profile;
    size_t candidates;
    bool withdrawn[TALLY_OPTIONS_MAX];
    size_t option[TALLY_OPTIONS_MAX]; /* of a candidate that is not withdrawn */
};

/* The next line that is not empty. */
static bool next_line(struct profile *profile, char comment, char **line)
{
    while (profile_line(profile, comment, line))
        if (**line)
            return true;
    return profile_fault(profile, FAULT_FORMAT, "The file ends too early.");
}

static bool read_head(struct blt *blt, char *line)
{
    int64_t candidates, seats;
    bool fine = profile_number(&line, &candidates);
    profile_skip_blanks(&line);
    fine = fine && profile_number(&line, &seats) && !*line;
    if (!fine)
        return profile_fault(blt->profile, FAULT_FORMAT,
                             "A BLT file begins with the numbers of candidates and seats.");
    if (candidates < 1 || candidates > TALLY_OPTIONS_MAX)
        return profile_fault(blt->profile, FAULT_TOO_MANY,
                             "There are too many candidates, or none.");
    blt->candidates = (size_t)candidates;
    blt->profile->seats = seats;
    return true;
}

static bool read_candidate(struct blt *blt, char **at, size_t *candidate)
{
    int64_t number;
    if (!profile_number(at, &number))
        return profile_fault(blt->profile, FAULT_FORMAT, "The line holds something unexpected.");
    if (number < 1 || number > (int64_t)blt->candidates)
        return profile_fault(blt->profile, FAULT_BALLOT_UNKNOWN_OPTION,
                             "There is no candidate of this number.");
    *candidate = (size_t)number - 1;
    return true;
}

static bool read_withdrawn(struct blt *blt, char *line)
{
    size_t candidate = 0;
    while (*line == '-') {
        line++;
        if (!read_candidate(blt, &line, &candidate))
            return false;
        blt->withdrawn[candidate] = true;
        profile_skip_blanks(&line);
    }
    return !*line || profile_fault(blt->profile, FAULT_FORMAT,
                                   "The line holds more than withdrawn candidates.");
}

static void number_options(struct blt *blt)
{
    size_t option = 0;
    for (size_t i = 0; i < blt->candidates; i++)
        blt->option[i] = blt->withdrawn[i] ? TALLY_NO_OPTION : option++;
}

/* One rank: "3" or "3=4". */
static bool read_rank(struct blt *blt, char **at, size_t rank)
{
    size_t candidate = 0;
    for (;;) {
        if (!read_candidate(blt, at, &candidate))
            return false;
        if (blt->option[candidate] != TALLY_NO_OPTION &&
            !profile_mark(blt->profile, blt->option[candidate], rank, PROFILE_UNSCORED))
            return false;
        if (**at != '=')
            return true;
        (*at)++;
    }
}

static bool read_ballot(struct blt *blt, char *line)
{
    int64_t count;
    if (*line == '(') { /* an identifier of the ballot */
        line = strchr(line, ')');
        if (!line)
            return profile_fault(blt->profile, FAULT_FORMAT, "A bracket is not closed.");
        line++;
        profile_skip_blanks(&line);
    }
    if (!profile_number(&line, &count) || (*line && !isspace((unsigned char)*line)))
        return profile_fault(blt->profile, FAULT_FORMAT,
                             "A ballot begins with its weight, a whole number.");
    for (size_t rank = 1;; rank++) {
        profile_skip_blanks(&line);
        if (*line == '0' && !line[1])
            break;
        if (*line == '-' && (!line[1] || isspace((unsigned char)line[1]))) {
            line++; /* a rank that was left out */
            continue;
        }
        if (!*line)
            return profile_fault(blt->profile, FAULT_FORMAT, "A ballot ends with 0.");
        if (!read_rank(blt, &line, rank))
            return false;
    }
    profile_ballot(blt->profile, count, true);
    return true;
}

/* A text in quotes; quotes inside it are doubled. */
static bool read_name(struct blt *blt, char *line, bool wanted)
{
    size_t len = strlen(line), to = 0;
    if (len < 2 || line[0] != '"' || line[len - 1] != '"')
        return profile_fault(blt->profile, FAULT_FORMAT, "A name stands in quotes.");
    for (size_t from = 1; from < len - 1; from++) {
        line[to++] = line[from];
        if (line[from] == '"' && from + 1 < len - 1 && line[from + 1] == '"')
            from++;
    }
    line[to] = '\0';
    return !wanted || profile_option(blt->profile, line, to);
}

bool profile_read_blt(struct profile *profile)
{
    struct blt *blt = arena_alloc(profile->arena, sizeof *blt);
    char *line;
    blt->profile = profile;
    if (!next_line(profile, '#', &line) || !read_head(blt, line))
        return false;
    for (;;) {
        if (!next_line(profile, '#', &line))
            return false;
        if (*line != '-')
            break;
        if (!read_withdrawn(blt, line))
            return false;
    }
    number_options(blt);
    while (strcmp(line, "0") != 0) {
        if (!read_ballot(blt, line))
            profile_ballot(profile, 0, false);
        if (!next_line(profile, '#', &line))
            return false;
    }
    for (size_t i = 0; i < blt->candidates; i++)
        if (!next_line(profile, 0, &line) || !read_name(blt, line, !blt->withdrawn[i]))
            return false;
    return true;
}
