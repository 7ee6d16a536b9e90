/* SPDX-License-Identifier: Apache-2.0 */
/* A decision's record as Markdown, in the form of MADR 4 (Markdown Any Decision Records,
 * https://adr.github.io/madr/). */
#ifndef COHELM_DECISION_MARKDOWN_H
#define COHELM_DECISION_MARKDOWN_H

#include "../buf.h"
#include "../db.h"

/* `rows`: one row of steps/decision_record.sql. */
void decision_markdown(struct arena *arena, const struct rows *rows, struct buf *out);

#endif
