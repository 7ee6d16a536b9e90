/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a decision's record one that anyone can check: the seal that its facts get when it
 * closes, the hash chain of its audit rows, the digest of the exported document, and the service's
 * signature of that. Hashes are SHA-256, as 64 lower-case hexadecimal digits, over canonical JSON:
 * no white space, the members of every map sorted by the bytes of their keys, `"`, `\` and control
 * characters escaped and nothing else. Pure; sql/migrations/0007_audit_chains.sql says how the
 * chain is made. */
#ifndef COHELM_RECORD_H
#define COHELM_RECORD_H

#include "buf.h"
#include "json.h"
#include "keyset.h"

#include <stdbool.h>
#include <stddef.h>

/* A list of a record that is read in slices: JSON texts of its items, with commas between them. */
struct record_slice {
    size_t at, len; /* in the list's `text`, of one item or more */
    struct record_slice *next;
};

struct record_list {
    const char *name;
    const struct buf *text;
    struct record_slice *first, *last;
    size_t count; /* of items */
};

/* Lists that stand in the place of a record's members of their names. */
#define RECORD_LISTS_MAX 6
struct record_lists {
    struct record_list items[RECORD_LISTS_MAX];
    size_t count;
};

/* The list of that name, or NULL. */
const struct record_list *record_lists_find(const struct record_lists *lists, const char *name);

/* The whole list as a value. False: an item can't be read. */
bool record_list_read(const struct record_list *list, struct arena *arena, struct json *value);

/* Where one stands in a list, of which only a slice at a time is in memory as values. */
struct record_walk {
    const struct json
        *item; /* NULL: there are no more, or one that can't be read; until the next */
    bool unreadable;
    const struct record_list *list;
    const struct record_slice *slice; /* the next one */
    struct json items;
    struct arena arena;
};

/* To the first item of the list (NULL: it has none), and to the next, if there is one. */
void record_walk_begin(struct record_walk *walk, const struct record_list *list);
void record_walk_next(struct record_walk *walk);

/* Gives the memory back. False: there was an item that can't be read. */
bool record_walk_end(struct record_walk *walk);

/* Writes the seal of a closed decision's record, to be kept in its trail: {"members": {name: hash
 * of that member}, "count_report": hash of the report's own bytes, as they were stored}. Display
 * names of stakeholders and of those who gave inputs are left out, since people may change them.
 * False: an item of a list can't be read. */
bool record_seal(struct arena *arena, const struct json *record, const struct record_lists *lists,
                 const char *report, struct buf *seal);

/* The hash of the record without its member `digest`, and with null in place of its `signature`: so
 * it covers that there is one. */
const char *record_digest(struct arena *arena, const struct json *record);

/* The same of a record with lists, whose other members, among them a `signature`, are `facts`: only
 * one slice at a time is read into memory. NULL: an item of a list can't be read. */
const char *record_digest_of_lists(struct arena *arena, const struct json *facts,
                                   const struct record_lists *lists);

/* Writes what the signature of a record of that digest states, as a JSON object: organisation_id,
 * decision_id, outcome, rows (of the trail), head (the hash of the last one, or NULL) and digest.
 * The last binds all that the document says, also the names and the status, which the seal leaves
 * out; the others tell which decision it is, and how it ended, to whoever has the signature only.
 */
void record_statement(struct arena *arena, const struct json *record, int64_t rows,
                      const char *head, const char *digest, struct buf *statement);

/* What a check found: a line each, "pointer: what differs". */
struct record_check {
    struct arena *arena;
    const char *known; /* a hash that the trail must have, known from elsewhere; or NULL */
    struct buf differences;
    size_t count;
    bool hidden; /* the ballots may not be shown, so nobody can count them again */
    bool has_signature;
    const char *issuer; /* what it says of who signed, */
    int64_t signed_at;  /* and when, in seconds since 1970; not to be believed without keys */
};

void record_check_init(struct record_check *check, struct arena *arena, const char *known);
void record_differs(struct record_check *check, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Is the document whole, its trail an unbroken chain, and every sealed member what was sealed?
 * Takes any JSON value. */
void record_check_trail(struct record_check *check, const struct json *record);

/* Does the signature state this record, and is it by one of `keys`? NULL: by whom isn't asked, and
 * there may be none, as in records that were exported before there were signatures. Takes any JSON
 * value. */
void record_check_signature(struct record_check *check, const struct json *record,
                            const struct key_set *keys);

/* Does counting again give the outcome, the winners and the count report, to the byte? Where fewer
 * than three secret ballots were cast, they and the report are hidden: that is no difference, and
 * `hidden` is set. Takes any JSON value. */
void record_check_count(struct record_check *check, const struct json *record);

#endif
