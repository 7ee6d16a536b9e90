/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of organisations that were changed, and that their decisions are brought into line with:
 * by which words they are found, and when the end of a phase is told of. */
#ifndef COHELM_SETTING_ROLLOUT_H
#define COHELM_SETTING_ROLLOUT_H

#include "../call.h"

/* Does so with the next decisions of one organisation that no other instance is at, in a
 * transaction of its own, a few at once. False: there is nothing to do, or it failed and is left
 * for later. */
bool setting_rollout_batch(struct call *call);

#endif
