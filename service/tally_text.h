/* SPDX-License-Identifier: Apache-2.0 */
/* A count as a text to read. */
#ifndef COHELM_TALLY_TEXT_H
#define COHELM_TALLY_TEXT_H

#include "json.h"

/* Writes what tally_write wrote, as lines and tables: outcome, winners, ranking, ties, quorum, and
 * all of the report. */
void tally_text(const struct json *response, struct buf *buf);

#endif
