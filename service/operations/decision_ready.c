/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_ready.h"

#include "delegation_find.h"
#include "follow_up.h"

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
        faults_add(faults, "/due_at", FAULT_TOO_SMALL, "The time has passed already.");
    if (!configured)
        return true;
    (void)decide_ready(facts, faults);
    (void)delegation_check(facts, &delegation, faults);
    return check_fallback(call, decision, faults);
}
