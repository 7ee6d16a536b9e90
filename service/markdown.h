/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of people inside a Markdown document of ours (CommonMark 0.31, with the tables of GitHub's
 * extension): whatever they hold stays in its place. Pure. */
#ifndef COHELM_MARKDOWN_H
#define COHELM_MARKDOWN_H

#include "buf.h"

/* A text on one line, shown as it is: in a heading, a list item, a link or a cell of a table, also
 * at its beginning. White space and control characters in a row become one space; NULL is nothing.
 */
void markdown_line(struct buf *out, const char *text);

/* A text that is Markdown itself, as a block quote, which its headings and lists can't leave; each
 * line after `indent`, the spaces of the list item that it stands in. HTML shows as text. Ends with
 * a line end. */
void markdown_quote(struct buf *out, const char *text, const char *indent);

/* A text on one line as a quoted YAML string. */
void markdown_yaml(struct buf *out, const char *text);

/* "2026-03-01T09:30:00.5Z" as 2026-03-01 09:30 UTC. */
void markdown_time(struct buf *out, const char *time);

#endif
