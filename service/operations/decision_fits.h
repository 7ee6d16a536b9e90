/* SPDX-License-Identifier: Apache-2.0 */
/* How many stakeholders a decision takes. */
#ifndef COHELM_DECISION_FITS_H
#define COHELM_DECISION_FITS_H

#include "../call.h"

/* Adds a fault when there are more than `max`. */
void decision_check_size(int64_t size, int64_t max, struct faults *faults);

/* Whether any decision takes so many. False: 422. */
bool decision_fits(struct call *call, int64_t size);

#endif
