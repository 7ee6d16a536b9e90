/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation_body.h"

#include "../decide/instant.h"

#include <string.h>

static const char *const actions[] = {
    [SIMULATE_INPUT] = "input",       [SIMULATE_BALLOT] = "ballot", [SIMULATE_ADVANCE] = "advance",
    [SIMULATE_CLOSE] = "close",       [SIMULATE_REVISE] = "revise", [SIMULATE_LEAVE] = "leave",
    [SIMULATE_WITHDRAW] = "withdraw", [SIMULATE_OPTION] = "option",
};

static size_t count_of(const struct json *list)
{
    return list && list->type == JSON_LIST ? list->list.count : 0;
}

/* 0 where there is none. */
static int64_t time_of(const struct json *map, const char *key, const char *at,
                       struct faults *faults)
{
    int64_t micros = 0;
    const char *text = json_get_text(map, key);
    if (text && !instant_read(text, &micros))
        faults_add(faults, arena_printf(faults->arena, "%s/%s", at, key), FAULT_IN_THE_PAST,
                   "The time must be after 1970.");
    return micros;
}

static bool configure(struct arena *arena, const struct json *definition, const struct json *body,
                      struct framework *framework, struct faults *faults)
{
    struct json frozen;
    bool fine =
        framework_configure(arena, definition, json_get(body, "configuration"), &frozen, faults) &&
        framework_read(arena, &frozen, framework, faults);
    for (size_t i = 0; i < faults->count; i++)
        faults->items[i].pointer =
            arena_printf(arena, "/configuration%s", faults->items[i].pointer);
    return fine;
}

static framework_roles roles_of(const struct framework *framework, const struct json *roles,
                                size_t index, struct faults *faults)
{
    framework_roles bits = 0;
    for (size_t i = 0; i < count_of(roles); i++) {
        int role = framework_role_find(framework, roles->list.items[i].text.data);
        if (role >= 0)
            bits |= 1U << role;
        else
            faults_add(faults, arena_printf(faults->arena, "/electorate/%zu/roles/%zu", index, i),
                       FAULT_UNKNOWN_ROLE, "The framework has no role of this name.");
    }
    return bits;
}

/* As of a real draft: who proposes takes the role `proposer`, unless somebody else was given it. */
static void add_proposer(struct simulation *simulation)
{
    int role = framework_role_find(simulation->framework, "proposer");
    struct decide_elector *proposer = &simulation->electors[simulation->elector_count];
    if (role < 0 || !simulation->proposer)
        return;
    for (size_t i = 0; i < simulation->elector_count; i++) {
        if (simulation->electors[i].roles & (1U << role))
            return;
        if (strcmp(simulation->electors[i].member, simulation->proposer) == 0)
            proposer = &simulation->electors[i];
    }
    if (!proposer->member) {
        *proposer = (struct decide_elector){.member = simulation->proposer, .weight = 1};
        simulation->elector_count++;
    }
    proposer->roles |= 1U << role;
}

static void read_electors(struct simulation *simulation, const struct json *list,
                          struct faults *faults)
{
    size_t count = count_of(list);
    struct decide_elector *electors = arena_array(simulation->arena, count + 1, sizeof *electors);
    for (size_t i = 0; i < count; i++) {
        const struct json *item = &list->list.items[i];
        electors[i] = (struct decide_elector){
            .member = json_get_text(item, "member"),
            .roles = roles_of(simulation->framework, json_get(item, "roles"), i, faults),
            .weight = json_get_int(item, "weight", 1),
            .affected = json_is_text(json_get(item, "level"), "affected")};
        for (size_t j = 0; j < i; j++)
            if (strcmp(electors[j].member, electors[i].member) == 0)
                faults_add(faults, arena_printf(faults->arena, "/electorate/%zu/member", i),
                           FAULT_NOT_UNIQUE, "Each member stands once, with all their roles.");
    }
    simulation->electors = electors;
    simulation->elector_count = count;
    add_proposer(simulation);
}

static struct decide_option option_of(const struct json *item)
{
    const char *key = json_get_text(item, "key"), *title = json_get_text(item, "title");
    return (struct decide_option){.key = key,
                                  .title = title ? title : key,
                                  .argued = count_of(json_get(item, "pros")) &&
                                            count_of(json_get(item, "cons"))};
}

static void read_options(struct simulation *simulation, const struct json *list, size_t steps,
                         struct faults *faults)
{
    size_t count = count_of(list);
    struct decide_option *options = arena_array(simulation->arena, count + steps, sizeof *options);
    for (size_t i = 0; i < count; i++) {
        options[i] = option_of(&list->list.items[i]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(options[j].key, options[i].key) == 0)
                faults_add(faults, arena_printf(faults->arena, "/options/%zu/key", i),
                           FAULT_NOT_UNIQUE, "Another option has this key.");
    }
    simulation->options = options;
    simulation->option_count = count;
}

static void read_proxies(struct simulation *simulation, const struct json *list,
                         struct faults *faults)
{
    size_t count = count_of(list);
    struct proxy *proxies = arena_array(simulation->arena, count, sizeof *proxies);
    if (count && !simulation->framework->rule.proxy.allowed)
        faults_add(faults, "/proxies", FAULT_CONFIG_CONFLICT,
                   "The framework's rule does not allow proxies.");
    for (size_t i = 0; i < count; i++) {
        const struct json *item = &list->list.items[i];
        proxies[i] = (struct proxy){.truster = json_get_text(item, "truster"),
                                    .trustee = json_get_text(item, "trustee"),
                                    .scope = 1,
                                    .from = simulation->starts_at};
        if (proxies[i].trustee && strcmp(proxies[i].truster, proxies[i].trustee) == 0)
            faults_add(faults, arena_printf(faults->arena, "/proxies/%zu/trustee", i), FAULT_CYCLE,
                       "Nobody can be their own proxy.");
        for (size_t j = 0; j < i; j++)
            if (strcmp(proxies[j].truster, proxies[i].truster) == 0)
                faults_add(faults, arena_printf(faults->arena, "/proxies/%zu/truster", i),
                           FAULT_NOT_UNIQUE, "Each member trusts one.");
    }
    simulation->proxies = proxies;
    simulation->proxy_count = count;
}

static enum simulation_action action_of(const char *text)
{
    size_t action = 0;
    while (strcmp(actions[action], text) != 0)
        action++; /* the schema lists the same */
    return (enum simulation_action)action;
}

/* What an action needs and does not have. */
static void check_step(const struct simulation_step *step, const char *at, struct faults *faults)
{
    bool personal = step->action == SIMULATE_INPUT || step->action == SIMULATE_BALLOT ||
                    step->action == SIMULATE_OPTION || step->action == SIMULATE_LEAVE;
    if (personal && !step->member)
        faults_add(faults, arena_printf(faults->arena, "%s/member", at), FAULT_REQUIRED,
                   "Somebody must do it.");
    if (step->action == SIMULATE_INPUT && !step->type)
        faults_add(faults, arena_printf(faults->arena, "%s/type", at), FAULT_REQUIRED,
                   "An input has a type.");
    if (step->action == SIMULATE_OPTION && !step->option.key)
        faults_add(faults, arena_printf(faults->arena, "%s/option", at), FAULT_REQUIRED,
                   "What is put must be given.");
    if (step->action == SIMULATE_BALLOT && !step->ballot)
        faults_add(faults, arena_printf(faults->arena, "%s/ballot", at), FAULT_REQUIRED,
                   "What is cast must be given.");
}

static void read_steps(struct simulation *simulation, const struct json *list,
                       struct faults *faults)
{
    static const struct json nothing = {.type = JSON_MAP};
    size_t count = count_of(list);
    int64_t before = simulation->starts_at;
    struct simulation_step *steps = arena_array(simulation->arena, count, sizeof *steps);
    for (size_t i = 0; i < count; i++) {
        const struct json *item = &list->list.items[i];
        const struct json *data = json_get(item, "data");
        const char *at = arena_printf(faults->arena, "/steps/%zu", i);
        steps[i] = (struct simulation_step){.at = time_of(item, "at", at, faults),
                                            .action = action_of(json_get_text(item, "action")),
                                            .member = json_get_text(item, "member"),
                                            .type = json_get_text(item, "type"),
                                            .data = data ? data : &nothing,
                                            .subject = json_get_int(item, "subject", -1),
                                            .ballot = json_get(item, "ballot"),
                                            .option = option_of(json_get(item, "option")),
                                            .revision = json_get_int(item, "revision", 0)};
        check_step(&steps[i], at, faults);
        if (steps[i].at < before)
            faults_add(faults, arena_printf(faults->arena, "%s/at", at), FAULT_RANGE_INVERTED,
                       "Steps stand in the order of their times, from starts_at on.");
        before = steps[i].at;
    }
    simulation->steps = steps;
    simulation->step_count = count;
}

/* The clock ends where it is told to, else with the last step. */
static void read_end(struct simulation *simulation, const struct json *body, struct faults *faults)
{
    size_t count = simulation->step_count;
    int64_t last = count ? simulation->steps[count - 1].at : simulation->starts_at;
    simulation->ends_at = last;
    if (json_get_text(body, "ends_at"))
        simulation->ends_at = time_of(body, "ends_at", "", faults);
    if (simulation->ends_at < last)
        faults_add(faults, "/ends_at", FAULT_RANGE_INVERTED,
                   "It must not be before the last step.");
    simulation->wanted_at = time_of(body, "due_at", "", faults);
    if (simulation->wanted_at && simulation->wanted_at <= simulation->starts_at)
        faults_add(faults, "/due_at", FAULT_IN_THE_PAST, "It must be after starts_at.");
}

bool simulation_body_read(struct call *call, const struct json *definition,
                          struct framework *framework, struct simulation *simulation,
                          struct faults *faults)
{
    const struct json *body = &call->input.body;
    struct arena *arena = call->arena;
    if (!configure(arena, definition, body, framework, faults))
        return false;
    *simulation = (struct simulation){.arena = arena,
                                      .framework = framework,
                                      .proposer = json_get_text(body, "proposer"),
                                      .starts_at = time_of(body, "starts_at", "", faults)};
    read_electors(simulation, json_get(body, "electorate"), faults);
    read_options(simulation, json_get(body, "options"), count_of(json_get(body, "steps")), faults);
    read_proxies(simulation, json_get(body, "proxies"), faults);
    read_steps(simulation, json_get(body, "steps"), faults);
    read_end(simulation, body, faults);
    return !faults->found;
}
