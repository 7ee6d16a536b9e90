/* SPDX-License-Identifier: Apache-2.0 */
#include "definition.h"
#include "framework.h"

#include <string.h>

static const char *const override_names[] = {"rule", "phases", "review", NULL};
static const char *const phase_override_names[] = {"duration", NULL};

/* A copy of `map` in which member `key` is `value`; without it, if `value` is NULL. */
static struct json with_member(struct arena *arena, const struct json *map, const char *key,
                               const struct json *value)
{
    struct json copy = {.type = JSON_MAP};
    copy.map.members = arena_array(arena, map->map.count + 1, sizeof *copy.map.members);
    bool placed = false;
    for (size_t i = 0; i < map->map.count; i++) {
        struct json_member member = map->map.members[i];
        if (strcmp(member.key, key) == 0) {
            placed = true;
            if (!value)
                continue;
            member.value = *value;
        }
        copy.map.members[copy.map.count++] = member;
    }
    if (value && !placed)
        copy.map.members[copy.map.count++] = (struct json_member){key, strlen(key), *value};
    return copy;
}

/* The rule with the parameters of `overrides`; null drops one, so that its default holds. */
static void override_rule(struct definition *d, const struct json *overrides, struct json *rule)
{
    for (size_t i = 0; i < overrides->map.count; i++) {
        const struct json_member *member = &overrides->map.members[i];
        if (strcmp(member->key, "method") == 0)
            faults_add(d->faults, "/rule/method", FAULT_READ_ONLY,
                       "Another method is another framework.");
        else
            *rule = with_member(d->arena, rule, member->key,
                                member->value.type == JSON_NULL_VALUE ? NULL : &member->value);
    }
}

static void override_phase(struct definition *d, const struct json_member *override,
                           struct json *phases)
{
    const char *at = definition_at(d, "/phases", override->key);
    struct json *phase = NULL;
    for (size_t i = 0; i < phases->list.count; i++)
        if (json_is_text(json_get(&phases->list.items[i], "key"), override->key))
            phase = &phases->list.items[i];
    if (!phase) {
        faults_add(d->faults, at, FAULT_UNKNOWN_PHASE, "The framework has no phase of this name.");
        return;
    }
    if (!definition_map(d, &override->value, at))
        return;
    definition_known(d, &override->value, at, phase_override_names);
    const struct json *duration = json_get(&override->value, "duration");
    if (duration)
        *phase = with_member(d->arena, phase, "duration", duration);
}

/* The phases are copied, because items of a list are changed in their place. */
static void override_phases(struct definition *d, const struct json *overrides,
                            const struct json *phases, struct json *frozen)
{
    struct json copy = {.type = JSON_LIST};
    copy.list.count = phases->list.count;
    copy.list.items = arena_array(d->arena, copy.list.count, sizeof *copy.list.items);
    for (size_t i = 0; i < copy.list.count; i++)
        copy.list.items[i] = phases->list.items[i];
    for (size_t i = 0; i < overrides->map.count; i++)
        override_phase(d, &overrides->map.members[i], &copy);
    *frozen = with_member(d->arena, frozen, "phases", &copy);
}

static void override(struct definition *d, const struct json *overrides, struct json *frozen)
{
    if (!definition_map(d, overrides, ""))
        return;
    definition_known(d, overrides, "", override_names);
    const struct json *rule = json_get(overrides, "rule");
    if (rule && definition_map(d, rule, "/rule")) {
        struct json merged = *json_get(frozen, "rule");
        override_rule(d, rule, &merged);
        *frozen = with_member(d->arena, frozen, "rule", &merged);
    }
    const struct json *phases = json_get(overrides, "phases");
    if (phases && definition_map(d, phases, "/phases"))
        override_phases(d, phases, json_get(frozen, "phases"), frozen);
    const struct json *review = json_get(overrides, "review");
    if (review)
        *frozen = with_member(d->arena, frozen, "review", review);
}

/* Months differ in length, so both are looked at where the months are long and where they are
 * short. */
static bool is_shorter(const struct duration *one, const struct duration *other)
{
    const int64_t july_2003 = INT64_C(1057017600) * 1000000,
                  february_2001 = INT64_C(980985600) * 1000000;
    return duration_add(july_2003, one) < duration_add(july_2003, other) ||
           duration_add(february_2001, one) < duration_add(february_2001, other);
}

/* The window of a lazy consensus is what people count on: a decision may only lengthen it. */
static void check_windows(struct definition *d, const struct framework *original,
                          const struct framework *configured)
{
    if (original->rule.family != FAMILY_LAZY)
        return;
    for (size_t i = 0; i < original->phase_count; i++)
        if (original->phases[i].limited && configured->phases[i].limited &&
            is_shorter(&configured->phases[i].duration, &original->phases[i].duration))
            faults_add(
                d->faults,
                definition_at(d, definition_at(d, "/phases", original->phases[i].key), "duration"),
                FAULT_WINDOW_SHORTENED, "It may only be longer than the framework's.");
}

/* What the framework has already without effect does no harm. */
static void check_fallback(struct definition *d, const struct framework *original,
                           const struct framework *configured)
{
    struct faults known;
    faults_init(&known, d->arena);
    framework_check_fallback(original, &known);
    if (!known.found)
        framework_check_fallback(configured, d->faults);
}

bool framework_configure(struct arena *arena, const struct json *definition,
                         const struct json *overrides, struct json *frozen, struct faults *faults)
{
    struct definition d = {arena, faults};
    struct framework framework, configured;
    size_t found = faults->found;
    /* a definition that can't work has no rule to merge with */
    if (!framework_read(arena, definition, &framework, faults))
        return false;
    struct json merged = *definition;
    if (overrides && overrides->type != JSON_NULL_VALUE)
        override(&d, overrides, &merged);
    if (faults->found != found || !framework_read(arena, &merged, &configured, faults))
        return false;
    check_windows(&d, &framework, &configured);
    framework_check_counted(&configured, faults);
    check_fallback(&d, &framework, &configured);
    if (faults->found != found)
        return false;
    *frozen = merged;
    return true;
}
