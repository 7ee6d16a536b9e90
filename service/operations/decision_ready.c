/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_ready.h"

#include "../decide/tally.h"
#include "decision_fits.h"
#include "delegation_find.h"
#include "follow_up_check.h"
#include "statements.gen.h"

#include <string.h>

/* Roles that the framework does not have, because it was changed after they were given; people who
 * have left since. */
static void check_stakeholders(const struct decision_case *decision, struct faults *faults)
{
    for (size_t i = 0; i < decision->facts.elector_count; i++) {
        const struct decide_elector *elector = &decision->facts.electors[i];
        const struct json *roles = &decision->electors.list.items[i].list.items[1];
        const char *at = arena_printf(faults->arena, "/stakeholders/%s", elector->member);
        for (size_t j = 0; j < roles->list.count; j++)
            if (framework_role_find(&decision->framework, roles->list.items[j].text.data) < 0)
                faults_add(faults, at, FAULT_UNKNOWN_ROLE, "The framework has no role %s.",
                           roles->list.items[j].text.data);
        if (elector->left)
            faults_add(faults, at, FAULT_UNKNOWN_REFERENCE, "This member has left.");
    }
}

/* Of a secret vote all different ballots are written anew with each: where there can be but a few,
 * this costs little. */
static bool few_ballots(const struct decide_case *facts)
{
    const char *counts = facts->framework->rule.counts;
    bool few = counts && (strcmp(counts, "majority") == 0 || strcmp(counts, "plurality") == 0);
    for (size_t i = 0; few && i < facts->elector_count; i++)
        few = facts->electors[i].weight == 1;
    return few;
}

/* What is opened must also fit into a record that can be exported (RESPONSE_BODY_MAX): a
 * stakeholder with an open ballot and its row of the trail, what a ballot says of an option, a row
 * of the trail that shows its content, each as long as they seldom are. The rest is for ballots
 * that change. */
#define RECORD_BYTES ((int64_t)60 * 1000 * 1000)
#define STAKEHOLDER_BYTES 560
#define CELL_BYTES 12
#define ROW_BYTES 900

/* 0: the database's problem is set. */
static int64_t record_max(struct call *call, const struct decision_case *decision, size_t options)
{
    const char *const ids[] = {decision->organisation_id, decision->id};
    struct rows rows;
    if (decision->facts.elector_count <= DECISION_LARGE)
        return DECISION_LARGE;
    if (!call_query(call, &STATEMENT_decision_trail_length, ids, &rows))
        return 0;
    int64_t left = RECORD_BYTES - ROW_BYTES * rows_int(&rows, 0, "length", 0);
    int64_t max = left / (STAKEHOLDER_BYTES + CELL_BYTES * (int64_t)options);
    return max > DECISION_LARGE ? max : DECISION_LARGE;
}

/* Where nothing is said but votes, a ballot costs the same however many there are. What all ballots
 * together hold has to be read in the end. 0: the database's problem is set. */
static int64_t size_max(struct call *call, const struct decision_case *decision)
{
    const struct decide_case *facts = &decision->facts;
    const struct framework *framework = facts->framework;
    const struct framework_rule *rule = &framework->rule;
    bool alone = !rule->secret || (!rule->proxy.allowed && few_ballots(facts));
    size_t options = facts->option_count;
    for (size_t i = 0; i < framework->phase_count; i++) {
        alone = alone && framework->phases[i].ballots && !framework->phases[i].input_count;
        if (framework->phases[i].options)
            options = TALLY_OPTIONS_MAX;
    }
    int64_t max = alone ? DECISION_ELECTORATE_MAX : DECISION_ELECTORATE_READ_MAX;
    int64_t cells = options ? DECISION_CELLS_MAX / (int64_t)options : max;
    int64_t exported = record_max(call, decision, options);
    max = cells < max ? cells : max;
    return exported < max ? exported : max;
}

/* Faults so far are those of the configuration. */
static bool configure(struct decision_case *decision, struct json *frozen, struct faults *faults)
{
    struct arena *arena = decision->facts.arena;
    bool fine = framework_configure(arena, &decision->definition, &decision->configuration, frozen,
                                    faults) &&
                framework_read(arena, frozen, &decision->framework, faults);
    for (size_t i = 0; i < faults->count; i++)
        faults->items[i].pointer =
            arena_printf(arena, "/configuration%s", faults->items[i].pointer);
    return fine;
}

/* What an escalation leads to is frozen like the rest. */
static bool check_fallback(struct call *call, struct decision_case *decision, struct faults *faults)
{
    struct rows row;
    if (!follow_up_check(call, decision->organisation_id, &decision->framework, "/configuration",
                         &row, faults))
        return false;
    decision->fallback_version = row.count ? rows_int(&row, 0, "number", 0) : 0;
    return true;
}

bool decision_ready(struct call *call, struct decision_case *decision, struct json *frozen,
                    struct json *level, struct faults *faults)
{
    const struct decide_case *facts = &decision->facts;
    struct delegation delegation;
    if (!delegation_find(call, decision, &delegation, level))
        return false;
    bool configured = configure(decision, frozen, faults);
    check_stakeholders(decision, faults);
    if (facts->wanted_at && facts->wanted_at <= facts->now)
        faults_add(faults, "/due_at", FAULT_IN_THE_PAST, "The time has passed already.");
    if (!configured)
        return true;
    int64_t max = size_max(call, decision);
    if (!max)
        return false;
    decision_check_size((int64_t)facts->elector_count, max, faults);
    (void)decide_ready(facts, faults);
    (void)delegation_check(facts, &delegation, faults);
    return check_fallback(call, decision, faults);
}
