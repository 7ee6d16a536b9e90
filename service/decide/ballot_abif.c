/* SPDX-License-Identifier: Apache-2.0 */
/* ABIF: "{metadata}", "=token:[name]" and "count:A/5>B/4=C" lines in any order, "#" comments. With
 * commas instead of > and = the scores say the order. */
#include "ballot_profile.h"

#include <ctype.h>
#include <string.h>

struct abif {
    struct profile *profile;
    const char *tokens[TALLY_OPTIONS_MAX]; /* by option */
};

static void skip_blanks(char **at)
{
    while (isspace((unsigned char)**at))
        (*at)++;
}

/* "[Any text]" or "word". NULL with a fault. */
static const char *read_token(struct profile *profile, char **at)
{
    skip_blanks(at);
    char *start = *at, *end;
    if (*start == '[') {
        end = strchr(++start, ']');
        *at = end ? end + 1 : start;
    } else {
        end = start + strcspn(start, " \t>=,/:[]*");
        *at = end;
    }
    if (!end || end == start) {
        (void)profile_fault(profile, FAULT_FORMAT, "The name of a candidate can't be read.");
        return NULL;
    }
    skip_blanks(at);
    return arena_strndup(profile->arena, start, (size_t)(end - start));
}

/* The option of a token, a new one if need be. */
static bool find_option(struct abif *abif, const char *token, const char *name, size_t *option)
{
    struct profile *profile = abif->profile;
    for (*option = 0; *option < profile->option_count; (*option)++)
        if (strcmp(abif->tokens[*option], token) == 0) {
            if (name)
                profile->names[*option] = name;
            return true;
        }
    if (!profile_option(profile, name ? name : token))
        return false;
    abif->tokens[*option] = token;
    return true;
}

static bool read_candidate(struct abif *abif, char *line)
{
    size_t option;
    line++;
    const char *token = read_token(abif->profile, &line);
    if (!token)
        return false;
    if (*line++ != ':')
        return profile_fault(abif->profile, FAULT_FORMAT, "A candidate line is =token:[name].");
    const char *name = read_token(abif->profile, &line);
    return name && find_option(abif, token, name, &option);
}

static bool read_score(struct profile *profile, char **at, int64_t *score)
{
    *score = PROFILE_UNSCORED;
    if (**at != '/')
        return true;
    (*at)++;
    skip_blanks(at);
    if (!profile_number(at, score))
        return profile_fault(profile, FAULT_FORMAT, "A score is a whole number.");
    skip_blanks(at);
    return true;
}

/* Puts the marks in the order of their scores. */
static bool rank_by_score(struct profile *profile)
{
    struct profile_mark *marks = profile->marks;
    for (size_t i = 0; i < profile->mark_count; i++) {
        struct profile_mark mark = marks[i];
        size_t place = i;
        if (mark.score == PROFILE_UNSCORED)
            return profile_fault(profile, FAULT_FORMAT,
                                 "Where commas separate, every candidate needs a score.");
        for (; place && marks[place - 1].score < mark.score; place--)
            marks[place] = marks[place - 1];
        marks[place] = mark;
    }
    for (size_t i = 0; i < profile->mark_count; i++)
        marks[i].rank = !i                                     ? 1
                        : marks[i].score == marks[i - 1].score ? marks[i - 1].rank
                                                               : marks[i - 1].rank + 1;
    return true;
}

static bool read_votes(struct abif *abif, char *line)
{
    struct profile *profile = abif->profile;
    int64_t count, score;
    size_t option, rank = 1;
    bool commas = false;
    if (!profile_number(&line, &count))
        return profile_fault(profile, FAULT_FORMAT, "A line of votes begins with a whole number.");
    skip_blanks(&line);
    if (*line != ':' && *line != '*')
        return profile_fault(profile, FAULT_FORMAT, "A colon stands between count and votes.");
    line++;
    skip_blanks(&line);
    while (*line) {
        const char *token = read_token(profile, &line);
        if (!token || !read_score(profile, &line, &score) ||
            !find_option(abif, token, NULL, &option) || !profile_mark(profile, option, rank, score))
            return false;
        char separator = *line;
        if (!separator)
            break;
        if (!strchr(">=,", separator) || !line[1])
            return profile_fault(profile, FAULT_FORMAT,
                                 "Candidates are separated by >, = or a comma.");
        line++;
        commas = commas || separator == ',';
        rank += separator == '>';
    }
    if (commas && !rank_by_score(profile))
        return false;
    profile_ballot(profile, count);
    return true;
}

bool profile_read_abif(struct profile *profile)
{
    struct abif *abif = arena_alloc(profile->arena, sizeof *abif);
    char *line;
    abif->profile = profile;
    while (profile_line(profile, '#', &line)) {
        bool fine = true;
        if (*line == '=')
            fine = read_candidate(abif, line);
        else if (*line && *line != '{') /* metadata do not matter to counting */
            fine = read_votes(abif, line);
        if (!fine)
            return false;
    }
    return profile->option_count ||
           profile_fault(profile, FAULT_FORMAT, "The file names no candidate.");
}
