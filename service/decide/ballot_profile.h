/* SPDX-License-Identifier: Apache-2.0 */
/* Between the readers of ballot files: what a file says, whatever its format. A file is read twice:
 * first for its options, then for its ballots, so that no ballot is kept but in the tally. */
#ifndef COHELM_BALLOT_PROFILE_H
#define COHELM_BALLOT_PROFILE_H

#include "ballot_file.h"

#define PROFILE_UNSCORED INT64_MIN

struct profile_mark {
    size_t option;
    size_t rank; /* from 1, ascending within a ballot */
    int64_t score;
};

struct profile {
    struct arena *arena;
    struct faults *faults;
    const char *names[TALLY_OPTIONS_MAX];
    const char *tokens[TALLY_OPTIONS_MAX]; /* abif: what stands for the option in the file */
    size_t option_count;
    size_t named; /* options, in this reading */
    int64_t seats;
    bool unscored;               /* some mark has no score */
    bool graded;                 /* some score is neither 0 nor 1, which mean approval */
    struct tally *tally;         /* of the second reading, else NULL */
    struct arena scratch;        /* for one ballot */
    const char *text, *at, *end; /* `at`: what is not read yet */
    size_t line;
    char *buffer; /* the line, until the next is read */
    size_t buffer_size;
    struct profile_mark marks[TALLY_OPTIONS_MAX]; /* of the ballot being read */
    size_t mark_count;
    size_t ballot;                  /* its number from 0 */
    size_t seen[TALLY_OPTIONS_MAX]; /* by option: the last ballot that marks it, + 1 */
};

/* The next line without what follows `comment` at its start or after a blank (0: there are none),
 * and without blanks around it; also empty ones. False at the end. It may be written to, and is
 * gone when the next is read. */
bool profile_line(struct profile *profile, char comment, char **line);

/* Adds a fault of the current line; always false. */
bool profile_fault(struct profile *profile, enum fault_code code, const char *detail);

void profile_skip_blanks(char **at);

/* Reads a whole number that is not negative and moves `*at` behind it. */
bool profile_number(char **at, int64_t *number);

/* Adds an option, which the second reading only counts. False with a fault when there are too many
 * or the name is no UTF-8. */
bool profile_option(struct profile *profile, const char *name, size_t len);

/* Marks an option of the ballot being read. False with a fault when it is marked already. */
bool profile_mark(struct profile *profile, size_t option, size_t rank, int64_t score);

/* Ends the ballot being read, which was cast `count` times; `fine` false drops it, as its line had
 * a fault. */
void profile_ballot(struct profile *profile, int64_t count, bool fine);

/* The readers. A line with a bad ballot does not end the reading; what makes the rest unreadable
 * does. */
bool profile_read_blt(struct profile *profile);
bool profile_read_preflib(struct profile *profile);
bool profile_read_abif(struct profile *profile);

#endif
