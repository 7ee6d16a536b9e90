/* SPDX-License-Identifier: Apache-2.0 */
/* A decision's record as Markdown, in the form of MADR 4 (Markdown Any Decision Records,
 * https://adr.github.io/madr/). */
#ifndef COHELM_DECISION_MARKDOWN_H
#define COHELM_DECISION_MARKDOWN_H

#include "../buf.h"
#include "../db.h"
#include "../json.h"
#include "decision_record.h"

/* How a member takes part: those who decided stand apart from those who were only asked or told. */
enum decision_markdown_part { DECIDES, CONSULTED, INFORMED, IS_OPTION };

/* The name of a member by id, or the title of an option by key. */
struct decision_markdown_name {
    const char *key, *name;
    enum decision_markdown_part part;
};

/* The record under way. */
struct decision_markdown {
    struct arena *arena;
    struct buf *out;
    const struct decision_record *source;
    const struct rows *rows;  /* its row */
    const struct json *links; /* that the reader may see */
    int64_t trail_rows;
    const char *head;      /* the hash of the last of them, or NULL */
    const char *decisions; /* URL before the id of a decision */
    struct json options, inputs, late_inputs, revisions, report;
    struct decision_markdown_name *names; /* sorted by key, so members in the order of the record */
    size_t name_count;
    bool weighted; /* somebody's weight is not 1 */
};

/* Writes it; `arena`, `out`, `source`, `rows`, `links`, `trail_rows`, `head` and `decisions` are
 * set. False: the source can't be read. */
bool decision_markdown(struct decision_markdown *record);

/* Makes `names` and `weighted`, once the options are read. False as above. */
bool decision_markdown_index(struct decision_markdown *record);

/* Writes who took part and how they voted, as far as that may be seen. Of them and their ballots
 * only a slice at a time is in memory as values. False as above. */
bool decision_markdown_people(const struct decision_markdown *record);

/* Writes how it was counted. */
void decision_markdown_count(const struct decision_markdown *record);

/* Writes what `text` names: of a member the name, of an option its title, anything else as it is.
 */
void decision_markdown_name(const struct decision_markdown *record, const char *text);

/* A value of JSON in a line or a cell, with the names of what it names. */
void decision_markdown_value(const struct decision_markdown *record, const char *key,
                             const struct json *value);

#endif
