/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots in the file formats that others publish, as a tally. Pure: the text is given.
 *
 *   json                   the request of tally.h itself
 *   blt                    Hill's and OpenSTV's format, with withdrawn candidates, equal ranks
 *                          (`1=2`) and skipped ranks (`-`)
 *   soc soi toc toi cat    PrefLib (https://preflib.github.io), the format since 2022; the first
 *                          category of cat is what a voter approves
 *   abif                   Aggregated Ballot Information Format
 *                          (https://electowiki.org/wiki/ABIF); scores of 0 and 1 are approvals
 *                          to a method that takes these */
#ifndef COHELM_BALLOT_FILE_H
#define COHELM_BALLOT_FILE_H

#include "tally.h"

/* Reading JSON takes twenty times its length in memory. */
#define BALLOT_JSON_MAX ((size_t)64 * 1024 * 1024)

struct ballot_file {
    const char *text;
    size_t len;
    const char *name;   /* of the file: its ending names the format; or NULL */
    const char *format; /* "blt", …; NULL: as the name ends, else as the text begins */
    /* What the file leaves open, or what is to be taken instead of what it says. */
    const char *method;        /* NULL: what a json says; stv for blt, approval for cat, schulze */
    int64_t seats;             /* 0: as the file says */
    int64_t electorate;        /* -1: as the file says */
    const struct json *config; /* NULL: as the file says */
};

/* Reads the ballots of a file, each as the kind that the method takes, into a tally that can be
 * counted; see tally_read. A byte order mark is passed over. Takes no memory for ballots but that
 * of the tally. False: every fault, with pointers "line/N" where a line is to blame, and what it
 * says of the ballot behind it ("line/7/ranking/0"). */
bool ballot_file_read(struct arena *arena, const struct ballot_file *file, struct tally *tally,
                      struct faults *faults);

#endif
