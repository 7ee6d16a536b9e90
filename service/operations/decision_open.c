/* SPDX-License-Identifier: Apache-2.0 */
#include "../job.h"
#include "change_set.h"
#include "decision_case.h"
#include "decision_ready.h"
#include "statements.gen.h"

/* Those whom the draft's groups take in are its stakeholders from now on. */
static bool expand_groups(struct call *call, struct decision_case *decision)
{
    const char *const ids[] = {decision->organisation_id, decision->id, decision->member_id};
    struct rows rows;
    return call_query(call, &STATEMENT_stakeholder_expand, ids, &rows) &&
           (!rows.count || decision_load(call, decision));
}

bool decision_open(struct call *call)
{
    struct decision_case decision;
    struct decide_step step;
    struct faults faults;
    struct json frozen, level;
    if (!decision_take(call, BY_PERMISSION, &decision))
        return false;
    if (decision.facts.status != DECIDE_DRAFT)
        return decision_refuse(
            call, &decision,
            &(struct decide_refusal){.code = PROBLEM_DECISION_STATE,
                                     .detail = "The decision was opened before."});
    if (!expand_groups(call, &decision))
        return false;
    faults_init(&faults, call->arena);
    if (!decision_ready(call, &decision, &frozen, &level, &faults) ||
        !problem_unless_clean(&call->problem, PROBLEM_DECISION_NOT_READY, &faults) ||
        !change_set_open(call, &decision))
        return false;
    decide_open(&decision.facts, &step);
    return job_advance(call, 60) &&
           decision_store(call, &decision, &step,
                          &(struct decision_change){.definition = &frozen, .delegation = &level}) &&
           decision_settle(call, &decision) && decision_answer(call, &decision);
}
