/* SPDX-License-Identifier: Apache-2.0 */
/* Private to decide/. */
#ifndef COHELM_DECIDE_VOTE_H
#define COHELM_DECIDE_VOTE_H

#include "decide_view.h"
#include "tally.h"

/* The phase that takes the ballots; there is one. */
const struct framework_phase *vote_phase(const struct decide_view *view);

/* The tally of a voting decision, without ballots. False: faults with pointers /options/N and
 * /configuration/rule/KEY. */
bool vote_tally(const struct decide_view *view, struct tally *tally, struct faults *faults);

/* Counts the ballots and writes the tally as a value. False: nothing was written, because there is
 * nothing that could be counted. */
bool vote_write(const struct decide_view *view, struct json_writer *w);

#endif
