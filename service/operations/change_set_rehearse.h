/* SPDX-License-Identifier: Apache-2.0 */
/* Trying changes without keeping any: what a caller is told of it shows nothing that the caller
 * could not see. */
#ifndef COHELM_CHANGE_SET_REHEARSE_H
#define COHELM_CHANGE_SET_REHEARSE_H

#include "change_run.h"

/* Tries what is made in any case, and then what is made with each option: those changes exclude
 * each other. run->faults says what can't be made. False: the database failed. */
bool change_set_rehearse(struct change_run *run);

#endif
