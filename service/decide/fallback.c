/* SPDX-License-Identifier: Apache-2.0 */
#include "fallback.h"
#include "decide_input.h"

static framework_roles deciding_roles(const struct framework *framework)
{
    framework_roles roles = 0;
    for (size_t i = 0; i < framework->phase_count; i++) {
        const struct framework_phase *phase = &framework->phases[i];
        roles |= phase->ballots;
        for (size_t j = 0; j < phase->input_count; j++)
            if (input_type_stance(phase->inputs[j].type) ||
                input_type_decides(phase->inputs[j].type))
                roles |= phase->inputs[j].by;
    }
    return roles;
}

/* The role that those who decide get, or -1. */
static int first_role(const struct framework *framework, framework_roles deciding)
{
    int first = -1;
    for (size_t i = 0; i < framework->role_count; i++) {
        if (!(deciding >> i & 1U))
            continue;
        if (framework->roles[i].max < 0)
            return (int)i;
        if (first < 0)
            first = (int)i;
    }
    return first;
}

size_t fallback_roles(struct arena *arena, const struct framework *from, const struct framework *to,
                      struct fallback_role **roles)
{
    const framework_roles decide = deciding_roles(from), decide_then = deciding_roles(to);
    const int elector = first_role(to, decide_then);
    size_t count = 0;
    *roles = arena_array(arena, 2 * from->role_count, sizeof **roles);
    for (size_t i = 0; i < from->role_count; i++) {
        const char *key = from->roles[i].key;
        int same = framework_role_find(to, key);
        bool decides = same >= 0 && (decide_then >> same & 1U);
        if (same >= 0)
            (*roles)[count++] = (struct fallback_role){key, to->roles[same].key};
        if ((decide >> i & 1U) && !decides && elector >= 0)
            (*roles)[count++] = (struct fallback_role){key, to->roles[elector].key};
    }
    return count;
}
