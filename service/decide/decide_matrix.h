/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix of RACI: who is responsible, accountable, consulted and informed for each task.
 *
 *   {rows: [{task: text, responsible: [id, …], accountable: [id, …], consulted: [id, …],
 *            informed: [id, …]}, …]}       the lists may be left out; at most 200 rows
 *
 * What is no matrix is refused when it is given (matrix_check). What is one and breaks a rule is
 * taken, and each breach is named (matrix_findings), so that it can be mended. Private to decide/.
 */
#ifndef COHELM_DECIDE_MATRIX_H
#define COHELM_DECIDE_MATRIX_H

#include "decide_view.h"
#include "definition.h"

/* Adds every fault of the form, below /data. */
void matrix_check(struct definition *d, const struct json *data);

struct matrix_finding {
    enum fault_code code; /* accountable_missing, accountable_several, responsible_missing,
                             role_not_held */
    size_t row;
    const char *task;
    const char *role;   /* a member of the row, also a role of the framework */
    size_t index;       /* of the one named, with role_not_held */
    const char *member; /* id, with role_not_held; else NULL */
};

/* Every breach, row by row; in an array of the view's arena. A person named for a part must hold
 * the role of that name in the decision, else nobody would ask or tell them. */
size_t matrix_findings(const struct decide_view *view, const struct json *data,
                       struct matrix_finding **findings);

#endif
