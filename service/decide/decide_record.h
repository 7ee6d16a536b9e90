/* SPDX-License-Identifier: Apache-2.0 */
/* From the exported record of a closed decision back to the facts it was decided on, so that anyone
 * can count again. Pure. */
#ifndef COHELM_DECIDE_RECORD_H
#define COHELM_DECIDE_RECORD_H

#include "decide.h"

/* Reads any JSON value. Secret ballots of a record are already multiplied by their weights, which
 * counts alike. `*framework` and `*decision` refer into `record`. False: everything that keeps it
 * from being counted was added, with pointers into the record. */
bool decide_record_read(struct arena *arena, const struct json *record, struct framework *framework,
                        struct decide_case *decision, struct faults *faults);

#endif
