/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_record.h"
#include "statements.gen.h"

bool decision_seal(struct call *call, const char *organisation_id, const char *decision_id,
                   const char *report)
{
    struct rows rows;
    struct buf seal;
    struct decision_record record;
    if (!decision_record_read(call, organisation_id, decision_id, &record))
        return false;
    buf_init(&seal, call->arena, SIZE_MAX);
    if (!record_seal(call->arena, &record.facts, &record.lists, report, &seal))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    const char *const values[] = {organisation_id, decision_id, buf_cstr(&seal)};
    return call_query(call, &STATEMENT_decision_seal, values, &rows);
}
