/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"
#include "decide_input.h"
#include "definition.h"
#include "framework_check.h"
#include "framework_rule.h"

#include <string.h>

#define INPUTS_MAX 16

static const char *const framework_names[] = {"key",    "name", "purpose", "roles",
                                              "phases", "rule", "review",  NULL};
static const char *const role_names[] = {"key", "min", "max", "may", "tag", NULL};
static const char *const phase_names[] = {"key",     "duration", "inputs", "ballots", "options",
                                          "advance", "revise",   "back",   "ends",    NULL};
static const char *const input_names[] = {"type",   "by",   "required", "reason", "on",
                                          "hidden", "late", "values",   "to",     NULL};

/* In the order of the bits of enum framework_action and enum framework_end. */
static const char *const action_names[] = {"revise", "withdraw", NULL};
static const char *const end_names[] = {"advance", "deadline",     "all_in", "decided",
                                        "certain", "no_objection", "quota",  NULL};

static const char *const tag_names[] = {"none", "affected", "expert", NULL};
static const char *const hidden_names[] = {"never", "phase", "always", NULL};

int framework_role_find(const struct framework *framework, const char *key)
{
    for (size_t i = 0; i < framework->role_count; i++)
        if (framework->roles[i].key && strcmp(framework->roles[i].key, key) == 0)
            return (int)i;
    return -1;
}

int framework_phase_find(const struct framework *framework, const char *key)
{
    for (size_t i = 0; i < framework->phase_count; i++)
        if (framework->phases[i].key && strcmp(framework->phases[i].key, key) == 0)
            return (int)i;
    return -1;
}

const struct framework_input *framework_input_find(const struct framework_phase *phase,
                                                   const char *type)
{
    for (size_t i = 0; i < phase->input_count; i++)
        if (strcmp(phase->inputs[i].type, type) == 0)
            return &phase->inputs[i];
    return NULL;
}

/* A list of names as a set of bits in the order of `names`. */
static unsigned read_flags(struct definition *d, const struct json *map, const char *base,
                           const char *key, bool required, const char *const *names)
{
    struct json list = definition_list(d, map, base, key, required);
    const char *at = definition_at(d, base, key);
    unsigned flags = 0;
    for (size_t i = 0; i < list.list.count; i++) {
        int bit = definition_one_of(d, &list.list.items[i], definition_item(d, at, i), names);
        if (bit >= 0 && (flags & 1U << bit))
            faults_add(d->faults, definition_item(d, at, i), FAULT_NOT_UNIQUE, "It stands twice.");
        else if (bit >= 0)
            flags |= 1U << bit;
    }
    return flags;
}

static framework_roles read_roles(struct definition *d, const struct framework *framework,
                                  const struct json *map, const char *base, const char *key)
{
    struct json list = definition_list(d, map, base, key, false);
    const char *at = definition_at(d, base, key);
    framework_roles roles = 0;
    for (size_t i = 0; i < list.list.count; i++) {
        const struct json *item = &list.list.items[i];
        int role = item->type == JSON_TEXT ? framework_role_find(framework, item->text.data) : -1;
        if (role < 0)
            faults_add(d->faults, definition_item(d, at, i), FAULT_UNKNOWN_ROLE,
                       "The framework has no role of this name.");
        else if (roles & 1U << role)
            faults_add(d->faults, definition_item(d, at, i), FAULT_NOT_UNIQUE, "It stands twice.");
        else
            roles |= 1U << role;
    }
    return roles;
}

/* The items of `roles` or `phases`: maps, at least one and at most `max`. */
static struct json read_items(struct definition *d, const struct json *definition, const char *key,
                              size_t max)
{
    struct json list = definition_list(d, definition, "", key, true);
    const char *at = definition_at(d, "", key);
    const struct json *value = json_get(definition, key);
    if (value && value->type == JSON_LIST && !list.list.count)
        faults_add(d->faults, at, FAULT_TOO_FEW, "There must be at least one.");
    if (list.list.count > max) {
        faults_add(d->faults, at, FAULT_TOO_MANY, "There may be at most %zu.", max);
        list.list.count = max;
    }
    return list;
}

static void read_role(struct definition *d, const struct json *value, const char *at,
                      struct framework *framework, struct framework_role *role)
{
    *role = (struct framework_role){.max = -1};
    if (!definition_map(d, value, at))
        return;
    definition_known(d, value, at, role_names);
    const char *key = definition_key(d, value, at, "key");
    if (key && framework_role_find(framework, key) >= 0)
        faults_add(d->faults, definition_at(d, at, "key"), FAULT_DUPLICATE,
                   "Another role has this key.");
    role->key = key;
    role->min = definition_int(d, value, at, "min", 0, 0);
    const struct json *max = json_get(value, "max");
    if (max && max->type != JSON_NULL_VALUE)
        role->max = definition_int(d, value, at, "max", 1, -1);
    if (role->max >= 0 && role->min > role->max)
        faults_add(d->faults, definition_at(d, at, "min"), FAULT_RANGE_INVERTED,
                   "The minimum is over the maximum.");
    role->may = read_flags(d, value, at, "may", false, action_names);
    const struct json *tag = json_get(value, "tag");
    int found = tag ? definition_one_of(d, tag, definition_at(d, at, "tag"), tag_names) : TAG_NONE;
    role->tag = found < 0 ? TAG_NONE : (enum framework_tag)found;
}

static void read_roles_list(struct definition *d, const struct json *definition,
                            struct framework *framework)
{
    struct json list = read_items(d, definition, "roles", FRAMEWORK_ROLES_MAX);
    framework->roles = arena_array(d->arena, list.list.count, sizeof *framework->roles);
    for (size_t i = 0; i < list.list.count; i++) {
        read_role(d, &list.list.items[i], definition_item(d, "/roles", i), framework,
                  &framework->roles[i]);
        framework->role_count++; /* now, so that a role is no duplicate of itself */
    }
}

static void read_input(struct definition *d, const struct json *value, const char *at,
                       const struct framework *framework, struct framework_phase *phase)
{
    struct framework_input *input = &phase->inputs[phase->input_count];
    if (!definition_map(d, value, at))
        return;
    definition_known(d, value, at, input_names);
    input->type = definition_text(d, value, at, "type", true);
    if (!input->type)
        return;
    if (!input_type_known(input->type))
        faults_add(d->faults, definition_at(d, at, "type"), FAULT_ENUM,
                   "There is no type of input of this name.");
    for (size_t i = 0; i < phase->input_count; i++)
        if (strcmp(phase->inputs[i].type, input->type) == 0)
            faults_add(d->faults, definition_at(d, at, "type"), FAULT_DUPLICATE,
                       "The phase takes inputs of this type already.");
    input->by = read_roles(d, framework, value, at, "by");
    struct json by = definition_list(d, value, at, "by", true);
    if (!by.list.count && json_get(value, "by"))
        faults_add(d->faults, definition_at(d, at, "by"), FAULT_TOO_FEW, "Somebody must give it.");
    input->required = definition_bool(d, value, at, "required", false);
    input->reason = definition_bool(d, value, at, "reason", false);
    input->on = definition_text(d, value, at, "on", false);
    const struct json *hidden = json_get(value, "hidden");
    int how = hidden ? definition_one_of(d, hidden, definition_at(d, at, "hidden"), hidden_names)
                     : HIDDEN_NEVER;
    input->hidden = how < 0 ? HIDDEN_NEVER : (enum input_hidden)how;
    input->late = definition_bool(d, value, at, "late", false);
    input->to = read_roles(d, framework, value, at, "to");
    const char *const *words = input_words(input->type);
    if (words)
        input->values = read_flags(d, value, at, "values", false, words);
    else if (json_get(value, "values"))
        faults_add(d->faults, definition_at(d, at, "values"), FAULT_UNKNOWN_MEMBER,
                   "Inputs of this type hold none of a list of words.");
    phase->input_count++;
}

/* The index of the phase that a member names: this one or an earlier one; -1 where there is none.
 */
static int read_earlier(struct definition *d, const struct json *map, const char *at,
                        const char *key, const struct framework *framework,
                        const struct framework_phase *phase)
{
    const char *name = definition_text(d, map, at, key, false);
    int index = name ? framework_phase_find(framework, name) : -1;
    if (name && (index < 0 || &framework->phases[index] > phase))
        faults_add(d->faults, definition_at(d, at, key), FAULT_UNKNOWN_PHASE,
                   "It must name this phase or an earlier one.");
    return index;
}

static void read_phase(struct definition *d, const struct json *value, const char *at,
                       const struct framework *framework, struct framework_phase *phase)
{
    if (!definition_map(d, value, at))
        return;
    definition_known(d, value, at, phase_names);
    phase->limited = definition_duration(d, value, at, "duration", &phase->duration);
    phase->ballots = read_roles(d, framework, value, at, "ballots");
    phase->advance = read_roles(d, framework, value, at, "advance");
    phase->options = read_roles(d, framework, value, at, "options");
    phase->ends = read_flags(d, value, at, "ends", true, end_names);
    struct json inputs = definition_list(d, value, at, "inputs", false);
    if (inputs.list.count > INPUTS_MAX) {
        faults_add(d->faults, definition_at(d, at, "inputs"), FAULT_TOO_MANY,
                   "There may be at most %d.", INPUTS_MAX);
        inputs.list.count = INPUTS_MAX;
    }
    phase->inputs = arena_array(d->arena, inputs.list.count, sizeof *phase->inputs);
    for (size_t i = 0; i < inputs.list.count; i++)
        read_input(d, &inputs.list.items[i], definition_item(d, definition_at(d, at, "inputs"), i),
                   framework, phase);
    phase->revise = read_earlier(d, value, at, "revise", framework, phase);
    phase->back = read_earlier(d, value, at, "back", framework, phase);
}

static void read_phases(struct definition *d, const struct json *definition,
                        struct framework *framework)
{
    struct json list = read_items(d, definition, "phases", FRAMEWORK_PHASES_MAX);
    framework->phases = arena_array(d->arena, list.list.count, sizeof *framework->phases);
    /* all keys first, because phases refer to each other */
    for (size_t i = 0; i < list.list.count; i++) {
        const char *at = definition_item(d, "/phases", i);
        if (list.list.items[i].type != JSON_MAP)
            continue;
        const char *key = definition_key(d, &list.list.items[i], at, "key");
        framework->phase_count = i;
        if (key && framework_phase_find(framework, key) >= 0)
            faults_add(d->faults, definition_at(d, at, "key"), FAULT_DUPLICATE,
                       "Another phase has this key.");
        framework->phases[i].key = key;
    }
    framework->phase_count = list.list.count;
    framework->repeated = framework->phase_count;
    for (size_t i = 0; i < list.list.count; i++) {
        struct framework_phase *phase = &framework->phases[i];
        phase->revise = phase->back = -1;
        read_phase(d, &list.list.items[i], definition_item(d, "/phases", i), framework, phase);
        if (phase->back >= 0 && (size_t)phase->back < framework->repeated)
            framework->repeated = (size_t)phase->back;
    }
}

bool framework_read(struct arena *arena, const struct json *definition, struct framework *framework,
                    struct faults *faults)
{
    struct definition d = {arena, faults};
    size_t found = faults->found;
    *framework = (struct framework){0};
    if (!definition_map(&d, definition, ""))
        return false;
    definition_known(&d, definition, "", framework_names);
    framework->key = definition_key(&d, definition, "", "key");
    framework->name = definition_text(&d, definition, "", "name", true);
    framework->purpose = definition_text(&d, definition, "", "purpose", false);
    read_roles_list(&d, definition, framework);
    read_phases(&d, definition, framework);
    framework_rule_read(&d, json_get(definition, "rule"), &framework->rule);
    framework->reviewed = definition_duration(&d, definition, "", "review", &framework->review);
    framework_check(&d, framework);
    return faults->found == found;
}
