/* SPDX-License-Identifier: Apache-2.0 */
#include "framework_rule.h"

#include <string.h>

/* Parameters that the engine reads itself, by family; of a vote all others are the tally's. */
static const char *const decider_names[] = {"method",         "free_choice", "expiry",
                                            "fallback",       "options_min", "pros_and_cons",
                                            "separate_roles", NULL};
static const char *const consent_names[] = {"method",   "silence", "objection_test", "max_rounds",
                                            "fallback", "expiry",  "proposer_votes", NULL};
static const char *const vote_names[] = {
    "method",      "early_close",   "secret", "proposer_votes", "seats",
    "options_min", "pros_and_cons", "proxy",  "results",        NULL};
static const char *const proxy_names[] = {"allowed", "max_weight", "max_hops", NULL};
static const char *const raci_names[] = {"method", "max_returns", "separate_roles",
                                         "expiry", "fallback",    NULL};
static const char *const daci_names[] = {
    "method",        "max_returns", "separate_roles", "options_min",
    "pros_and_cons", "expiry",      "fallback",       NULL};
static const char *const rapid_names[] = {
    "method",        "max_rounds", "separate_roles", "options_min",
    "pros_and_cons", "expiry",     "fallback",       NULL};
static const char *const spade_names[] = {
    "method",      "max_vetoes",    "votes",  "secret",   "separate_roles",
    "options_min", "pros_and_cons", "expiry", "fallback", NULL};

/* Methods by which somebody answers for the outcome. */
static const struct {
    const char *name;
    enum framework_family family;
    const char *const *names, *returns;
} responsible_methods[] = {
    {"raci", FAMILY_RACI, raci_names, "max_returns"},
    {"daci", FAMILY_DACI, daci_names, "max_returns"},
    {"rapid", FAMILY_RAPID, rapid_names, "max_returns"},
    {"spade", FAMILY_SPADE, spade_names, "max_vetoes"},
};
static const char *const consensus_names[] = {
    "method",          "quorum",    "minimum",   "max_blocks", "block_supporters",
    "stand_aside_cap", "threshold", "inclusive", "base",       "max_rounds",
    "proposer_votes",  "expiry",    "fallback",  NULL};
static const char *const advice_names[] = {
    "method",   "min_affected", "min_expert",    "free_choice",    "expiry",
    "fallback", "options_min",  "pros_and_cons", "separate_roles", NULL};
static const char *const election_names[] = {
    "method",    "silence", "objection_test", "max_rounds", "term", "incumbent",
    "tie_break", "seed",    "fallback",       "expiry",     NULL};
static const char *const lazy_names[] = {"method",   "silence",        "min_plus_ones",
                                         "fallback", "proposer_votes", NULL};

static const char *const fallback_names[] = {"framework", "version", "configuration", NULL};

/* Parameters of every method. */
static const char *const common_names[] = {"reminder", NULL};

static const char *const silence_names[] = {"none", "consent", NULL};
static const char *const results_names[] = {"open", "closed", NULL};
static const char *const tie_names[] = {"none", "lot", NULL};
static const char *const test_names[] = {"none", "s3", "holacracy", NULL};

static bool has_name(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Index among `names`; the first when the member is absent. */
static int choose(struct definition *d, const struct json *map, const char *key,
                  const char *const *names)
{
    const struct json *value = json_get(map, key);
    int found = value ? definition_one_of(d, value, definition_at(d, "/rule", key), names) : 0;
    return found < 0 ? 0 : found;
}

static struct json *tally_config(struct arena *arena, const struct framework_rule *rule,
                                 enum tally_method method)
{
    const struct json *rule_map = rule->parameters;
    struct json *config = arena_alloc(arena, sizeof *config);
    config->type = JSON_MAP;
    config->map.members = arena_array(arena, rule_map->map.count, sizeof *config->map.members);
    for (size_t i = 0; i < rule_map->map.count; i++)
        if (tally_config_key(method, rule_map->map.members[i].key))
            config->map.members[config->map.count++] = rule_map->map.members[i];
    return config;
}

bool framework_rule_tally(struct arena *arena, const struct framework_rule *rule,
                          const char *const *options, size_t option_count, int64_t electorate,
                          const char *rule_at, struct tally *tally, struct faults *faults)
{
    struct tally_setup setup = {.options = options,
                                .option_count = option_count,
                                .seats = json_get_int(rule->parameters, "seats", 1),
                                .electorate = electorate};
    const char *counts = rule->counts ? rule->counts : "majority"; /* for quorum and threshold */
    if (!tally_method_find(counts, &setup.method))
        return false;
    setup.config = tally_config(arena, rule, setup.method);
    size_t before = faults->count;
    bool fine = tally_init(arena, tally, &setup, "", faults);
    for (size_t i = before; i < faults->count; i++) {
        struct fault *fault = &faults->items[i];
        if (strncmp(fault->pointer, "/config", 7) == 0)
            fault->pointer = arena_printf(arena, "%s%s", rule_at, fault->pointer + 7);
        else if (strcmp(fault->pointer, "/seats") == 0)
            fault->pointer = arena_printf(arena, "%s/seats", rule_at);
    }
    return fine;
}

/* Lets the tally check its own parameters. A definition has no options yet, so it gets enough of
 * them for its seats, and those that parameters name, and one voter; decide_ready checks the
 * real ones. */
static void check_tally(struct definition *d, const struct framework_rule *rule)
{
    int64_t seats = json_get_int(rule->parameters, "seats", 1);
    if (seats < 1 || seats >= TALLY_OPTIONS_MAX)
        seats = 1; /* which the tally refuses anyway */
    static const char *const naming[] = {"casting_vote", "status_quo"};
    size_t count = 0;
    const char **options = arena_array(d->arena, (size_t)seats + 3, sizeof *options);
    for (size_t i = 0; i < 2; i++) {
        const char *name = json_get_text(rule->parameters, naming[i]);
        if (name && name[0] && (!count || strcmp(name, options[0]) != 0))
            options[count++] = name;
    }
    while (count < (size_t)seats + 1) {
        options[count] = arena_printf(d->arena, " option %zu", count);
        count++;
    }
    struct tally tally;
    (void)framework_rule_tally(d->arena, rule, options, count, 1, "/rule", &tally, d->faults);
}

/* Every member must belong to the family or to the tally of the method. */
static void check_names(struct definition *d, const struct json *rule_map, const char *const *names,
                        const enum tally_method *method)
{
    for (size_t i = 0; i < rule_map->map.count; i++) {
        const char *key = rule_map->map.members[i].key;
        if (!has_name(names, key) && !has_name(common_names, key) &&
            !(method && tally_config_key(*method, key)))
            faults_add(d->faults, definition_at(d, "/rule", key), FAULT_UNKNOWN_MEMBER,
                       "The method has no parameter of this name.");
    }
}

static void read_proxy(struct definition *d, const struct json *value, struct framework_rule *rule)
{
    const struct json *proxy = json_get(value, "proxy");
    if (!proxy || !definition_map(d, proxy, "/rule/proxy"))
        return;
    definition_known(d, proxy, "/rule/proxy", proxy_names);
    rule->proxy.allowed = definition_bool(d, proxy, "/rule/proxy", "allowed", false);
    rule->proxy.max_weight = definition_int(d, proxy, "/rule/proxy", "max_weight", 1, 0);
    rule->proxy.max_hops = definition_int(d, proxy, "/rule/proxy", "max_hops", 1, 0);
}

static void read_vote(struct definition *d, const struct json *value, struct framework_rule *rule,
                      enum tally_method method)
{
    rule->family = FAMILY_VOTE;
    rule->counts = rule->method;
    rule->options_min = method == TALLY_MAJORITY ? 0 : 2;
    check_names(d, value, vote_names, &method);
    const struct json *seats = json_get(value, "seats");
    if (seats && seats->type != JSON_INT)
        faults_add(d->faults, "/rule/seats", FAULT_TYPE, "It must be a whole number.");
    rule->early_close = definition_bool(d, value, "/rule", "early_close", false);
    rule->secret = definition_bool(d, value, "/rule", "secret", false);
    read_proxy(d, value, rule);
    (void)choose(d, value, "results", results_names); /* who shows ballots reads it */
    if (rule->early_close && !framework_rule_certain(rule))
        faults_add(d->faults, "/rule/early_close", FAULT_CONDITION_IMPOSSIBLE,
                   "With this method nothing is certain before all have voted.");
    check_tally(d, rule);
}

/* The ballots of those who only advise: by a method that chooses among options. */
static void read_advisory(struct definition *d, const struct json *value,
                          struct framework_rule *rule)
{
    enum tally_method method;
    const char *name = definition_text(d, value, "/rule", "votes", false);
    rule->counts = name ? name : "plurality";
    rule->secret = definition_bool(d, value, "/rule", "secret", false);
    if (!tally_method_find(rule->counts, &method) || method == TALLY_MAJORITY) {
        faults_add(d->faults, "/rule/votes", FAULT_ENUM,
                   "There is no method of this name that chooses among options.");
        rule->counts = "plurality";
    }
}

/* True if the method is one of these. */
static bool read_responsible(struct definition *d, const struct json *value,
                             struct framework_rule *rule)
{
    size_t i = 0, count = sizeof responsible_methods / sizeof *responsible_methods;
    while (i < count && strcmp(rule->method, responsible_methods[i].name) != 0)
        i++;
    if (i == count)
        return false;
    rule->family = responsible_methods[i].family;
    check_names(d, value, responsible_methods[i].names, NULL);
    rule->max_returns = definition_int(d, value, "/rule", responsible_methods[i].returns, 0, -1);
    rule->max_rounds = definition_int(d, value, "/rule", "max_rounds", 1, 0);
    if (rule->family == FAMILY_SPADE)
        read_advisory(d, value, rule);
    return true;
}

static void read_consent(struct definition *d, const struct json *value,
                         struct framework_rule *rule)
{
    rule->family = FAMILY_CONSENT;
    check_names(d, value, consent_names, NULL);
    rule->silence_consents = choose(d, value, "silence", silence_names) == 1;
    rule->objection_test = (enum objection_test)choose(d, value, "objection_test", test_names);
    rule->max_rounds = definition_int(d, value, "/rule", "max_rounds", 1, 0);
}

/* Quorum and threshold are those of yes or no, where agreeing is yes and blocking is no. */
static void read_consensus(struct definition *d, const struct json *value,
                           struct framework_rule *rule)
{
    struct tally_share cap;
    const struct json *given = json_get(value, "stand_aside_cap");
    rule->family = FAMILY_CONSENSUS;
    check_names(d, value, consensus_names, NULL);
    rule->max_blocks = definition_int(d, value, "/rule", "max_blocks", 0, 0);
    rule->block_supporters = definition_int(d, value, "/rule", "block_supporters", 0, 0);
    rule->max_rounds = definition_int(d, value, "/rule", "max_rounds", 1, 0);
    if (given && tally_share_read(given, &cap, "/rule/stand_aside_cap", d->faults)) {
        rule->has_stand_aside_cap = true;
        rule->stand_aside_cap[0] = cap.numerator;
        rule->stand_aside_cap[1] = cap.denominator;
    }
    if (json_get(value, "threshold") && !json_get(value, "max_rounds"))
        faults_add(d->faults, "/rule/max_rounds", FAULT_REQUIRED,
                   "The threshold holds after the last round, so there must be one.");
    else if (json_get(value, "fallback") && !json_get(value, "max_rounds"))
        faults_add(d->faults, "/rule/max_rounds", FAULT_REQUIRED,
                   "The fallback follows the last round, so there must be one.");
    if (json_get(value, "threshold") && json_get(value, "fallback"))
        faults_add(d->faults, "/rule/fallback", FAULT_CONFIG_CONFLICT,
                   "After the last round either the threshold holds or the fallback opens.");
    check_tally(d, rule);
}

static void read_advice(struct definition *d, const struct json *value, struct framework_rule *rule)
{
    rule->family = FAMILY_ADVICE;
    check_names(d, value, advice_names, NULL);
    rule->free_choice = definition_bool(d, value, "/rule", "free_choice", false);
    rule->min_affected = definition_int(d, value, "/rule", "min_affected", 0, 1);
    rule->min_expert = definition_int(d, value, "/rule", "min_expert", 0, 1);
}

/* A consent on one nominee after the other. */
static void read_election(struct definition *d, const struct json *value,
                          struct framework_rule *rule)
{
    rule->family = FAMILY_ELECTION;
    check_names(d, value, election_names, NULL);
    rule->silence_consents = choose(d, value, "silence", silence_names) == 1;
    rule->objection_test = (enum objection_test)choose(d, value, "objection_test", test_names);
    rule->max_rounds = definition_int(d, value, "/rule", "max_rounds", 1, 0);
    rule->term = (struct duration){.months = 12};
    if (json_get(value, "term") && !definition_duration(d, value, "/rule", "term", &rule->term) &&
        json_get(value, "term")->type == JSON_NULL_VALUE)
        faults_add(d->faults, "/rule/term", FAULT_DURATION, "A term must end.");
    rule->incumbent = definition_text(d, value, "/rule", "incumbent", false);
    const char *seed = definition_text(d, value, "/rule", "seed", false);
    bool lot = choose(d, value, "tie_break", tie_names) == 1;
    if (lot && !seed)
        faults_add(d->faults, "/rule/seed", FAULT_REQUIRED, "A lot needs a seed.");
    rule->seed = lot ? seed : NULL;
}

static void read_lazy(struct definition *d, const struct json *value, struct framework_rule *rule)
{
    rule->family = FAMILY_LAZY;
    check_names(d, value, lazy_names, NULL);
    rule->silence_consents = choose(d, value, "silence", silence_names) == 1;
    rule->min_plus_ones = definition_int(d, value, "/rule", "min_plus_ones", 0, 0);
}

static void read_fallback(struct definition *d, const struct json *value,
                          struct framework_fallback *fallback)
{
    static const char at[] = "/rule/fallback";
    const struct json *given = json_get(value, "fallback");
    if (!given)
        return;
    if (given->type != JSON_MAP) {
        fallback->framework = definition_key(d, value, "/rule", "fallback");
        return;
    }
    definition_known(d, given, at, fallback_names);
    fallback->framework = definition_key(d, given, at, "framework");
    fallback->version = definition_int(d, given, at, "version", 1, 0);
    fallback->configuration = json_get(given, "configuration");
    if (fallback->configuration)
        (void)definition_map(d, fallback->configuration, definition_at(d, at, "configuration"));
}

void framework_rule_read(struct definition *d, const struct json *value,
                         struct framework_rule *rule)
{
    enum tally_method method;
    if (!definition_map(d, value, "/rule"))
        return;
    *rule = (struct framework_rule){.parameters = value, .proposer_votes = true, .max_returns = -1};
    rule->method = definition_text(d, value, "/rule", "method", true);
    if (!rule->method)
        return;
    if (strcmp(rule->method, "single_decider") == 0) {
        rule->family = FAMILY_DECIDER;
        check_names(d, value, decider_names, NULL);
        rule->free_choice = definition_bool(d, value, "/rule", "free_choice", false);
    } else if (strcmp(rule->method, "consent") == 0) {
        read_consent(d, value, rule);
    } else if (strcmp(rule->method, "consensus") == 0) {
        read_consensus(d, value, rule);
    } else if (strcmp(rule->method, "lazy_consensus") == 0) {
        read_lazy(d, value, rule);
    } else if (strcmp(rule->method, "role_election") == 0) {
        read_election(d, value, rule);
    } else if (strcmp(rule->method, "advice") == 0) {
        read_advice(d, value, rule);
    } else if (tally_method_find(rule->method, &method)) {
        read_vote(d, value, rule, method);
    } else if (!read_responsible(d, value, rule)) {
        faults_add(d->faults, "/rule/method", FAULT_ENUM, "There is no method of this name.");
        rule->method = NULL;
        return;
    }
    rule->proposer_votes = definition_bool(d, value, "/rule", "proposer_votes", true);
    rule->options_min =
        definition_int(d, value, "/rule", "options_min", rule->options_min, rule->options_min);
    rule->pros_and_cons = definition_bool(d, value, "/rule", "pros_and_cons", false);
    rule->separate_roles = json_get(value, "separate_roles");
    read_fallback(d, value, &rule->fallback);
    rule->expires = definition_duration(d, value, "/rule", "expiry", &rule->expiry);
    struct duration reminder; /* when, is up to next_reminder of the database */
    (void)definition_duration(d, value, "/rule", "reminder", &reminder);
}

bool framework_rule_certain(const struct framework_rule *rule)
{
    return strcmp(rule->method, "majority") == 0 || strcmp(rule->method, "approval") == 0;
}

bool framework_rule_returns(const struct framework_rule *rule)
{
    return rule->family == FAMILY_CONSENSUS || rule->family == FAMILY_ELECTION;
}

size_t framework_rule_options_min(const struct framework_rule *rule)
{
    return (size_t)rule->options_min;
}

bool framework_rule_options_allowed(const struct framework_rule *rule)
{
    switch (rule->family) {
    case FAMILY_DECIDER:
    case FAMILY_ADVICE:
    case FAMILY_DACI:
    case FAMILY_RAPID:
    case FAMILY_SPADE:
        return true;
    case FAMILY_VOTE:
        return strcmp(rule->method, "majority") != 0;
    case FAMILY_CONSENT:
    case FAMILY_RACI:
    case FAMILY_CONSENSUS:
    case FAMILY_LAZY:
    case FAMILY_ELECTION:
        break;
    }
    return false;
}
