/* SPDX-License-Identifier: Apache-2.0 */
/* Between the readers of ballot files: what a file says, whatever its format. */
#ifndef COHELM_BALLOT_PROFILE_H
#define COHELM_BALLOT_PROFILE_H

#include "ballot_file.h"
#include "tally.h"

#define PROFILE_UNSCORED INT64_MIN

struct profile_mark {
    size_t option;
    size_t rank; /* from 1, ascending within a ballot */
    int64_t score;
};

struct profile_ballot {
    int64_t count;
    struct profile_mark *marks;
    size_t mark_count;
};

struct profile {
    struct arena *arena;
    struct faults *faults;
    const char *method; /* the usual one of the format */
    const char *names[TALLY_OPTIONS_MAX];
    size_t option_count;
    int64_t seats;
    struct profile_ballot *ballots;
    size_t ballot_count, capacity;
    const char *at, *end; /* what is not read yet */
    size_t line;
    struct profile_mark marks[TALLY_OPTIONS_MAX]; /* of the ballot being read */
    size_t mark_count;
};

/* The next line without what follows `comment` at its start or after a blank (0: there are none),
 * and without blanks around it; also empty ones. False at the end. Lines live in the arena. */
bool profile_line(struct profile *profile, char comment, char **line);

/* Adds a fault of the current line; always false. */
bool profile_fault(struct profile *profile, enum fault_code code, const char *detail);

/* Reads a whole number that is not negative and moves `*at` behind it. */
bool profile_number(char **at, int64_t *number);

/* Adds an option. False with a fault when there are too many or the name is no UTF-8. */
bool profile_option(struct profile *profile, const char *name);

/* Marks an option of the ballot being read. False with a fault when it is marked already. */
bool profile_mark(struct profile *profile, size_t option, size_t rank, int64_t score);

/* Ends the ballot being read. */
void profile_ballot(struct profile *profile, int64_t count);

/* The readers. They stop at the first fault, as what follows would be guessed. */
bool profile_read_blt(struct profile *profile);
bool profile_read_preflib(struct profile *profile);
bool profile_read_abif(struct profile *profile);

#endif
