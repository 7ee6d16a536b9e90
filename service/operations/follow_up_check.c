/* SPDX-License-Identifier: Apache-2.0 */
#include "follow_up_check.h"

#include "statements.gen.h"

#include <string.h>

/* NULL for the latest. */
static const char *version_text(struct arena *arena, const struct framework_fallback *fallback)
{
    return fallback->version ? arena_printf(arena, "%lld", (long long)fallback->version) : NULL;
}

/* Faults of the configuration stand where it does. */
static void check_configuration(struct call *call, const struct framework_fallback *fallback,
                                const struct json *definition, const char *at,
                                struct faults *faults)
{
    struct json frozen;
    size_t before = faults->count;
    (void)framework_configure(call->arena, definition, fallback->configuration, &frozen, faults);
    for (size_t i = before; i < faults->count; i++)
        faults->items[i].pointer =
            arena_printf(call->arena, "%s/configuration%s", at, faults->items[i].pointer);
}

bool follow_up_check(struct call *call, const char *organisation_id,
                     const struct framework *framework, const char *at, struct rows *row,
                     struct faults *faults)
{
    const struct framework_fallback *fallback = &framework->rule.fallback;
    const char *const values[] = {organisation_id, fallback->framework,
                                  version_text(call->arena, fallback)};
    struct json definition;
    *row = (struct rows){0};
    at = arena_printf(call->arena, "%s/rule/fallback", at);
    if (!fallback->framework)
        return true;
    if (!call_query(call, &STATEMENT_framework_fallback, values, row))
        return false;
    if (!row->count)
        faults_add(faults, at, FAULT_UNKNOWN_REFERENCE,
                   "There is no framework %s, or no such published version of it.",
                   fallback->framework);
    else if (strcmp(fallback->framework, framework->key) == 0)
        faults_add(faults, at, FAULT_CONFIG_CONFLICT, "A framework can't follow itself.");
    else if (rows_json(row, 0, "definition", &definition, call->arena))
        check_configuration(call, fallback, &definition, at, faults);
    return true;
}
