/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what a framework escalates to is there. */
#ifndef COHELM_FOLLOW_UP_CHECK_H
#define COHELM_FOLLOW_UP_CHECK_H

#include "../call.h"
#include "../decide/framework.h"

/* Whether the fallback of a framework can open: adds a fault where there is no such framework or
 * version, or its configuration does not fit. `at` points to what holds the rule. `*row`: the
 * framework as framework_fallback.sql gives it, without rows where there is none. False: the
 * database failed. */
bool follow_up_check(struct call *call, const char *organisation_id,
                     const struct framework *framework, const char *at, struct rows *row,
                     struct faults *faults);

#endif
