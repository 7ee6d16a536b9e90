/* SPDX-License-Identifier: Apache-2.0 */
/* ABIF: "{metadata}", "=token:[name]" and "count:A/5>B/4=C" lines in any order, "#" comments. With
 * commas instead of > and = the scores say the order. */
#include "ballot_profile.h"

#include <assert.h>
#include <string.h>

/* A part of a line. */
struct span {
    const char *data;
    size_t len;
};

/* "[Any text]" or "word". False with a fault. */
static bool read_token(struct profile *profile, char **at, struct span *token)
{
    profile_skip_blanks(at);
    char *start = *at, *end;
    if (*start == '[') {
        end = strchr(++start, ']');
        *at = end ? end + 1 : start;
    } else {
        end = start + strcspn(start, " \t>=,/:[]*");
        *at = end;
    }
    if (!end || end == start)
        return profile_fault(profile, FAULT_FORMAT, "The name of a candidate can't be read.");
    profile_skip_blanks(at);
    *token = (struct span){start, (size_t)(end - start)};
    return true;
}

/* The option of a token, a new one if need be; `name` may be NULL. */
static bool find_option(struct profile *profile, struct span token, const struct span *name,
                        size_t *option)
{
    for (*option = 0; *option < profile->option_count; (*option)++) {
        const char *other = profile->tokens[*option];
        if (strncmp(other, token.data, token.len) != 0 || other[token.len])
            continue;
        if (name && !profile->tally)
            profile->names[*option] = arena_strndup(profile->arena, name->data, name->len);
        return true;
    }
    assert(!profile->tally); /* the first reading has found all of them */
    if (!profile_option(profile, name ? name->data : token.data, name ? name->len : token.len))
        return false;
    profile->tokens[*option] = arena_strndup(profile->arena, token.data, token.len);
    return true;
}

static bool read_candidate(struct profile *profile, char *line)
{
    size_t option;
    struct span token = {"", 0}, name = {"", 0};
    line++;
    if (!read_token(profile, &line, &token))
        return false;
    if (*line++ != ':')
        return profile_fault(profile, FAULT_FORMAT, "A candidate line is =token:[name].");
    return read_token(profile, &line, &name) && find_option(profile, token, &name, &option);
}

static bool read_score(struct profile *profile, char **at, int64_t *score)
{
    *score = PROFILE_UNSCORED;
    if (**at != '/')
        return true;
    (*at)++;
    profile_skip_blanks(at);
    if (!profile_number(at, score))
        return profile_fault(profile, FAULT_FORMAT, "A score is a whole number.");
    profile_skip_blanks(at);
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

/* What stands behind the count. */
static bool read_marks(struct profile *profile, char *line)
{
    int64_t score;
    size_t option, rank = 1;
    bool commas = false;
    while (*line) {
        struct span token = {"", 0};
        if (!read_token(profile, &line, &token) || !read_score(profile, &line, &score) ||
            !find_option(profile, token, NULL, &option) ||
            !profile_mark(profile, option, rank, score))
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
    return !commas || rank_by_score(profile);
}

static void read_votes(struct profile *profile, char *line)
{
    int64_t count = 0;
    bool fine = profile_number(&line, &count);
    profile_skip_blanks(&line);
    if (!fine)
        (void)profile_fault(profile, FAULT_FORMAT, "A line of votes begins with a whole number.");
    else if (*line != ':' && *line != '*')
        fine = profile_fault(profile, FAULT_FORMAT, "A colon stands between count and votes.");
    if (fine) {
        line++;
        profile_skip_blanks(&line);
        fine = read_marks(profile, line);
    }
    profile_ballot(profile, count, fine);
}

bool profile_read_abif(struct profile *profile)
{
    char *line;
    size_t found = profile->faults->found;
    while (profile_line(profile, '#', &line)) {
        if (*line == '=') {
            if (!read_candidate(profile, line))
                return false;
        } else if (*line && *line != '{') { /* metadata do not matter to counting */
            read_votes(profile, line);
        }
    }
    return profile->option_count || profile->faults->found > found ||
           profile_fault(profile, FAULT_FORMAT, "The file names no candidate.");
}
