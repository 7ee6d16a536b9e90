/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_fits.h"

#include "decision_case.h"

void decision_check_size(int64_t size, int64_t max, struct faults *faults)
{
    if (size > max)
        faults_add(faults, "/stakeholders", FAULT_ELECTORATE_TOO_LARGE,
                   "Such a decision takes at most %lld stakeholders.", (long long)max);
}

bool decision_fits(struct call *call, int64_t size)
{
    struct faults faults;
    faults_init(&faults, call->arena);
    decision_check_size(size, DECISION_ELECTORATE_MAX, &faults);
    return problem_unless_clean(&call->problem, PROBLEM_DECISION_NOT_READY, &faults);
}
