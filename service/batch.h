/* SPDX-License-Identifier: Apache-2.0 */
/* POST …/batch: many bodies of one plain operation in one request. */
#ifndef COHELM_BATCH_H
#define COHELM_BATCH_H

#include "call.h"

/* Runs the batch's operation for each of {"items": […], "atomic": true}. Atomic: all or nothing;
 * the problem of the first that fails lists the faults of all, with pointers /items/N. Else 207
 * with {"items": [{"status": …, "body" or "problem": …}]}. */
bool batch_run(struct call *call);

#endif
