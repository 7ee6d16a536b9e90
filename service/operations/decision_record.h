/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a decision as a document: read for whoever asks for it, and sealed when the
 * decision closes (record.h). Its lists are read in slices, so that no statement takes long. */
#ifndef COHELM_DECISION_RECORD_H
#define COHELM_DECISION_RECORD_H

#include "../call.h"
#include "../record.h"

struct decision_record {
    struct rows rows;  /* the row of steps/decision_record.sql: all but the lists */
    struct json facts; /* the same as a map */
    struct buf text;   /* all of it as a JSON object */
    struct record_lists lists;
    bool has_turn; /* see decision_record_export */
};

/* For sealing: without its trail, and of any length. The problem is set when false. */
bool decision_record_read(struct call *call, const char *organisation_id, const char *decision_id,
                          struct decision_record *record);

/* With or without its trail, and no longer than an answer; in a transaction that sees one moment. A
 * record of more than a slice takes memory, so it is read for one request at a time, until
 * decision_record_end; for others: 503 busy. The caller ends it whatever came of it. */
bool decision_record_export(struct call *call, const char *organisation_id, const char *decision_id,
                            bool with_trail, struct decision_record *record);
void decision_record_end(struct call *call, struct decision_record *record);

/* Seals the decision that was closed in this transaction; `report` is its count report as stored.
 */
bool decision_seal(struct call *call, const char *organisation_id, const char *decision_id,
                   const char *report);

#endif
