/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a decision as a document: read for whoever asks for it, and sealed when the
 * decision closes (record.h). */
#ifndef COHELM_DECISION_RECORD_H
#define COHELM_DECISION_RECORD_H

#include "../call.h"

/* `*rows`: the row of steps/decision_record.sql; `*text`: the same as a JSON object; `*record`:
 * that object read. Without its `trail` it may be of any length, else as long as an answer. */
bool decision_record_read(struct call *call, const char *organisation_id, const char *decision_id,
                          bool trail, struct rows *rows, struct buf *text, struct json *record);

/* Seals the decision that was closed in this transaction; `report` is its count report as stored.
 */
bool decision_seal(struct call *call, const char *organisation_id, const char *decision_id,
                   const char *report);

#endif
