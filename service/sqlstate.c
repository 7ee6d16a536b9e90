/* SPDX-License-Identifier: Apache-2.0 */
#include "sqlstate.h"

#include <string.h>

static bool is_class(const struct sqlstate_error *error, const char *class)
{
    return strncmp(error->state, class, strlen(class)) == 0;
}

static bool is_state(const struct sqlstate_error *error, const char *state)
{
    return strcmp(error->state, state) == 0;
}

static bool later(struct problem *problem, enum problem_code code, const char *detail)
{
    problem->retry_after = 1;
    return detail ? problem_set(problem, code, "%s", detail) : problem_set(problem, code, NULL);
}

static bool broken_constraint(const struct sqlstate_error *error, struct sqlstate_verdict *verdict,
                              struct problem *problem)
{
    /* What is deleted is still referred to, whichever constraint says so. */
    if (error->deletes && is_state(error, "23503"))
        return problem_set(problem, PROBLEM_IN_USE, NULL);
    const struct problem_constraint *known =
        error->constraint ? problem_constraint_find(error->constraint) : NULL;
    if (!known) {
        verdict->unusual = true;
        return problem_set(problem, PROBLEM_INTERNAL_ERROR, NULL);
    }
    if (!known->pointer)
        return problem_set(problem, known->code, "%s", known->detail);
    struct faults faults;
    faults_init(&faults, problem->arena);
    enum fault_code code =
        problem_kinds[known->code].status == 409 ? FAULT_NOT_UNIQUE : FAULT_UNKNOWN_REFERENCE;
    faults_add(&faults, known->pointer, code, "%s", known->detail);
    return problem_unless_clean(problem, known->code, &faults);
}

bool sqlstate_problem(const struct sqlstate_error *error, struct sqlstate_verdict *verdict,
                      struct problem *problem)
{
    *verdict = (struct sqlstate_verdict){0};
    if (is_state(error, "40001") || is_state(error, "40P01")) {
        verdict->repeat = true;
        return later(problem, PROBLEM_UNAVAILABLE, "Concurrent changes were in the way.");
    }
    if (is_class(error, "23"))
        return broken_constraint(error, verdict, problem);
    if (is_state(error, "57014"))
        return later(problem, PROBLEM_TOO_SLOW, NULL);
    if (is_state(error, "55P03"))
        return later(problem, PROBLEM_BUSY, NULL);
    if (is_class(error, "22"))
        return problem_set(problem,
                           error->writes ? PROBLEM_INVALID_BODY : PROBLEM_INVALID_PARAMETER,
                           "A value is out of range.");
    verdict->unusual = true;
    /* A server that is going down (57P, 08); a new primary is elsewhere (25006); one that knows the
     * statement (26000) and its present columns (0A000). */
    verdict->reconnect = is_class(error, "57P") || is_class(error, "08") || is_class(error, "26") ||
                         is_state(error, "0A000") || is_state(error, "25006");
    if (verdict->reconnect || is_class(error, "53")) /* 53: no memory, disk or connections left */
        return later(problem, PROBLEM_UNAVAILABLE, NULL);
    return problem_set(problem, PROBLEM_INTERNAL_ERROR, NULL);
}
