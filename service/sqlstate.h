/* SPDX-License-Identifier: Apache-2.0 */
/* What a failed statement means for the client, by its SQLSTATE (PostgreSQL manual, appendix A) and
 * the constraint it broke. Pure. */
#ifndef COHELM_SQLSTATE_H
#define COHELM_SQLSTATE_H

#include "problem.h"

#include <stdbool.h>

struct sqlstate_error {
    const char *state;      /* five characters */
    const char *constraint; /* name of the constraint broken, or NULL */
    bool writes, deletes;   /* of the statement */
};

struct sqlstate_verdict {
    bool repeat;    /* the transaction may succeed when run again from the start */
    bool reconnect; /* another connection may find a server that can do it */
    bool unusual;   /* neither the client's nor a concurrent change's doing: to be logged */
};

/* Sets the problem; always false, so that it can be returned. */
bool sqlstate_problem(const struct sqlstate_error *error, struct sqlstate_verdict *verdict,
                      struct problem *problem);

#endif
