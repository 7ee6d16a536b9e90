/* SPDX-License-Identifier: Apache-2.0 */
/* Writes iCalendar documents (RFC 5545): lines of at most 75 octets that end in CRLF, folded
 * between characters, texts escaped, times in UTC. Pure; reads nothing but its arguments. */
#ifndef COHELM_CALENDAR_H
#define COHELM_CALENDAR_H

#include "buf.h"

/* An instant that somebody should know of. Texts are UTF-8 of any kind; times are RFC 3339 in UTC
 * ("2026-03-01T09:30:00Z"), of which fractions of a second are left out. */
struct calendar_entry {
    const char *uid; /* the same whenever it is written again; no line ends */
    const char *at;
    const char *changed_at; /* when what is said of it last changed */
    int64_t sequence;       /* grows with each change */
    const char *summary, *description, *category;
    const char *url; /* a URI */
};

/* Begins a calendar of that name. */
void calendar_begin(struct buf *out, const char *name);

void calendar_add(struct buf *out, const struct calendar_entry *entry);

/* Ends it. One without entries gets the definition of UTC, because a calendar has at least one
 * component (RFC 5545 section 3.6). */
void calendar_end(struct buf *out, bool empty);

#endif
