/* SPDX-License-Identifier: Apache-2.0 */
/* One change of structure as a decision lists it, {operation, path, body, if_match, option, as}, in
 * the form in which its operation can be run: checked, with labels replaced by the ids they stand
 * for. */
#ifndef COHELM_CHANGE_H
#define COHELM_CHANGE_H

#include "../call.h"

/* The most that a change set holds; what undoes one may be longer. */
#define CHANGES_MAX 50

/* What earlier changes have made, by label. An id of NULL: that change was refused. A label of the
 * list means nothing but what it labels: what is not made yet, or not at all, is not to be taken
 * for something else that happens to have that id. */
struct change_labels {
    const struct json *changes; /* the whole list */
    const char **names;
    const char **ids;
    size_t count;
};

/* The teams that the author of changes may name; `hidden`: private, and not of the decision. */
struct change_teams {
    const char *const *seen, *const *hidden;
    size_t seen_count, hidden_count;
};

struct change {
    const struct operation *operation;
    const char **arguments; /* by parameter; that of the organisation is left NULL */
    bool has_body;
    struct json body;
    const char *if_match; /* entity tag, or NULL */
    bool creates;
    bool dangling; /* names what could not be made: nothing more is to be said of it */
};

/* Reads a change. `teams` may be NULL: any may be named. False: every fault was added, with
 * pointers below `pointer`; or it is dangling. */
bool change_read(struct arena *arena, const struct json *given, const char *pointer,
                 const struct change_labels *labels, const struct change_teams *teams,
                 struct change *change, struct faults *faults);

/* Adds every team that the changes name and do not make to the list `names`, as PostgreSQL's text
 * of text[]. */
void change_team_names(const struct json *changes, struct buf *names);

#endif
