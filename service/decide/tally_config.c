/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_method.h"

#include <string.h>

enum key_type { KEY_SHARE, KEY_WHOLE, KEY_FLAG, KEY_WORD, KEY_OPTION, KEY_SEED };

/* Where a key goes; of a share `given` is the offset of the flag that says it was there. */
struct key {
    const char *name;
    unsigned keys;
    enum key_type type;
    size_t at;
    size_t given;
    int64_t low, high;        /* whole numbers */
    const char *const *words; /* by value of the enum, NULL-terminated */
};

static const char *const bases[] = {"yes_no", "cast", "eligible", NULL};
static const char *const quorum_bases[] = {"yes_no", "cast", NULL};
static const char *const tie_breaks[] = {"none", "lot", "casting_vote", NULL};
static const char *const unrateds[] = {"zero", "ignore", NULL};
static const char *const unrankeds[] = {"last", "ignored", NULL};
static const char *const strengths[] = {"winning_votes", "margins", "opposition", NULL};
static const char *const equal_ranks[] = {"refuse", "exhaust", "skip", NULL};

#define AT(member) .at = offsetof(struct tally_config, member)
#define GIVEN(member) .given = offsetof(struct tally_config, member)
#define RANGE(from, to) .low = (from), .high = (to)

static const struct key keys[] = {
    {"quorum", TALLY_KEYS_ALL, KEY_SHARE, AT(quorum), GIVEN(has_quorum)},
    {"quorum_base", TALLY_KEYS_ALL, KEY_WORD, AT(quorum_base), .words = quorum_bases},
    {"minimum", TALLY_KEYS_ALL, KEY_WHOLE, AT(minimum), RANGE(0, TALLY_VOTES_MAX)},
    {"tie_break", TALLY_KEYS_ALL, KEY_WORD, AT(tie_break), .words = tie_breaks},
    {"seed", TALLY_KEYS_ALL, KEY_SEED, AT(seed)},
    {"casting_vote", TALLY_KEYS_ALL, KEY_OPTION, AT(casting_vote)},
    {"threshold", TALLY_KEYS_MAJORITY, KEY_SHARE, AT(threshold), GIVEN(has_threshold)},
    {"inclusive", TALLY_KEYS_MAJORITY, KEY_FLAG, AT(inclusive)},
    {"base", TALLY_KEYS_MAJORITY, KEY_WORD, AT(base), .words = bases},
    {"absolute", TALLY_KEYS_MAJORITY, KEY_FLAG, AT(absolute)},
    {"min", TALLY_KEYS_SCORE, KEY_WHOLE, AT(min), RANGE(-TALLY_VALUE_MAX, TALLY_VALUE_MAX)},
    {"max", TALLY_KEYS_SCORE, KEY_WHOLE, AT(max), RANGE(-TALLY_VALUE_MAX, TALLY_VALUE_MAX)},
    {"unrated", TALLY_KEYS_SCORE, KEY_WORD, AT(unrated), .words = unrateds},
    {"min_ratings", TALLY_KEYS_SCORE, KEY_WHOLE, AT(min_ratings), RANGE(1, TALLY_VOTES_MAX)},
    {"max_choices", TALLY_KEYS_APPROVAL, KEY_WHOLE, AT(max_choices), RANGE(1, TALLY_OPTIONS_MAX)},
    {"floor", TALLY_KEYS_APPROVAL, KEY_SHARE, AT(floor), GIVEN(has_floor)},
    {"budget", TALLY_KEYS_POINTS, KEY_WHOLE, AT(budget), RANGE(0, TALLY_VOTES_MAX)},
    {"exact", TALLY_KEYS_POINTS, KEY_FLAG, AT(exact)},
    {"cap", TALLY_KEYS_POINTS, KEY_WHOLE, AT(cap), RANGE(0, TALLY_VALUE_MAX)},
    {"equal_ranks", TALLY_KEYS_ELIMINATION, KEY_WORD, AT(equal_ranks), .words = equal_ranks},
    {"strength", TALLY_KEYS_CONDORCET, KEY_WORD, AT(strength), .words = strengths},
    {"unranked", TALLY_KEYS_CONDORCET, KEY_WORD, AT(unranked), .words = unrankeds},
    {"status_quo", TALLY_KEYS_CONDORCET | TALLY_KEYS_STATUS_QUO, KEY_OPTION, AT(status_quo)},
    {"against_status_quo", TALLY_KEYS_CONDORCET | TALLY_KEYS_STATUS_QUO, KEY_SHARE,
     AT(against_status_quo), GIVEN(has_against_status_quo)},
};

static const struct key *find_key(enum tally_method method, const char *name)
{
    unsigned allowed = TALLY_KEYS_ALL | tally_kinds[method].keys;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i].name, name) == 0)
            return keys[i].keys & allowed ? &keys[i] : NULL;
    return NULL;
}

bool tally_config_key(enum tally_method method, const char *key)
{
    return find_key(method, key) != NULL;
}

bool tally_share_read(const struct json *value, struct tally_share *share, const char *pointer,
                      struct faults *faults)
{
    if (value->type != JSON_LIST || value->list.count != 2 ||
        value->list.items[0].type != JSON_INT || value->list.items[1].type != JSON_INT) {
        faults_add(faults, pointer, FAULT_TYPE, "A share is a list of two integers, [n, d].");
        return false;
    }
    share->numerator = value->list.items[0].integer;
    share->denominator = value->list.items[1].integer;
    if (share->denominator < 1 || share->numerator < 0)
        faults_add(faults, pointer, FAULT_TOO_SMALL,
                   "In [n, d], n is at least 0 and d at least 1.");
    else if (share->numerator > share->denominator)
        faults_add(faults, pointer, FAULT_TOO_LARGE, "A share is at most 1.");
    else
        return true;
    return false;
}

static void read_whole(const struct key *key, const struct json *value, int64_t *whole,
                       const char *pointer, struct faults *faults)
{
    if (value->type != JSON_INT)
        faults_add(faults, pointer, FAULT_TYPE, "It must be an integer.");
    else if (value->integer < key->low)
        faults_add(faults, pointer, FAULT_TOO_SMALL, "It must be at least %lld.",
                   (long long)key->low);
    else if (value->integer > key->high)
        faults_add(faults, pointer, FAULT_TOO_LARGE, "It must be at most %lld.",
                   (long long)key->high);
    else
        *whole = value->integer;
}

static void read_word(const struct key *key, const struct json *value, unsigned *word,
                      const char *pointer, struct faults *faults)
{
    if (value->type != JSON_TEXT) {
        faults_add(faults, pointer, FAULT_TYPE, "It must be a text.");
        return;
    }
    const char *all = key->words[0];
    for (unsigned i = 0; key->words[i]; i++) {
        if (json_is_text(value, key->words[i])) {
            *word = i;
            return;
        }
        if (i)
            all = arena_printf(faults->arena, "%s, %s", all, key->words[i]);
    }
    faults_add(faults, pointer, FAULT_ENUM, "It must be one of: %s.", all);
}

static void read_option(const struct tally *tally, const struct json *value, size_t *option,
                        const char *pointer, struct faults *faults)
{
    if (value->type != JSON_TEXT) {
        faults_add(faults, pointer, FAULT_TYPE, "It must be the name of an option.");
        return;
    }
    size_t found = tally_option(tally, value->text.data, value->text.len);
    if (found == TALLY_NO_OPTION)
        faults_add(faults, pointer, FAULT_UNKNOWN_OPTION, "There is no such option.");
    else
        *option = found;
}

/* A seed is a text; an integer stands for its decimal digits. */
static void read_seed(struct tally *tally, const struct json *value, const char **seed,
                      const char *pointer, struct faults *faults)
{
    if (value->type == JSON_TEXT && value->text.len)
        *seed = value->text.data;
    else if (value->type == JSON_INT)
        *seed = arena_printf(tally->arena, "%lld", (long long)value->integer);
    else
        faults_add(faults, pointer, FAULT_TYPE,
                   "A seed is a text that is not empty, or an integer.");
}

static void read_key(struct tally *tally, const struct key *key, const struct json *value,
                     const char *pointer, struct faults *faults)
{
    char *config = (char *)&tally->config;
    void *field = config + key->at;
    switch (key->type) {
    case KEY_SHARE:
        if (tally_share_read(value, field, pointer, faults))
            *(bool *)(config + key->given) = true;
        break;
    case KEY_WHOLE:
        read_whole(key, value, field, pointer, faults);
        break;
    case KEY_FLAG:
        if (value->type == JSON_BOOLEAN)
            *(bool *)field = value->boolean;
        else
            faults_add(faults, pointer, FAULT_TYPE, "It must be true or false.");
        break;
    case KEY_WORD:
        read_word(key, value, field, pointer, faults);
        break;
    case KEY_OPTION:
        read_option(tally, value, field, pointer, faults);
        break;
    case KEY_SEED:
        read_seed(tally, value, field, pointer, faults);
        break;
    }
}

static bool needs_electorate(const struct tally_config *config)
{
    return config->has_quorum || config->absolute ||
           (config->has_threshold && config->base == TALLY_BASE_ELIGIBLE);
}

/* What only shows when all keys are read. A key that was there but wrong is not called missing. */
static void check_together(const struct tally *tally, const struct json *json, const char *at,
                           struct faults *faults)
{
    const struct tally_config *config = &tally->config;
#define POINTER(key) arena_printf(faults->arena, "%s/config/" key, at)
    if (config->tie_break == TALLY_TIE_LOT && !json_get(json, "seed"))
        faults_add(faults, POINTER("seed"), FAULT_REQUIRED, "A lot needs a seed.");
    if (config->tie_break == TALLY_TIE_CASTING_VOTE && !json_get(json, "casting_vote"))
        faults_add(faults, POINTER("casting_vote"), FAULT_REQUIRED,
                   "Say what the casting vote is for.");
    if (config->has_threshold && config->absolute)
        faults_add(faults, POINTER("absolute"), FAULT_CONFIG_CONFLICT,
                   "An absolute majority has no other threshold.");
    if (needs_electorate(config) && tally->electorate < 0)
        faults_add(faults, arena_printf(faults->arena, "%s/electorate", at), FAULT_REQUIRED,
                   "The configuration counts the eligible votes, so they must be given.");
    if (config->min > config->max)
        faults_add(faults, POINTER("min"), FAULT_TOO_LARGE, "`min` is above `max`.");
    if (config->unrated == TALLY_UNRATED_IGNORE && !json_get(json, "min_ratings"))
        faults_add(faults, POINTER("min_ratings"), FAULT_REQUIRED,
                   "Where unrated is ignored, say how many ratings an option needs.");
    if (config->strength == TALLY_OPPOSITION && tally->method != TALLY_MINIMAX)
        faults_add(faults, POINTER("strength"), FAULT_ENUM, "Only minimax knows `opposition`.");
    if (config->has_against_status_quo && !json_get(json, "status_quo"))
        faults_add(faults, POINTER("status_quo"), FAULT_REQUIRED,
                   "Name the option that is the status quo.");
#undef POINTER
}

void tally_config_read(struct tally *tally, const struct json *config, const char *at,
                       struct faults *faults)
{
    tally->config = (struct tally_config){
        .quorum_base = TALLY_BASE_CAST,
        .casting_vote = TALLY_NO_OPTION,
        .max = 10,
        .budget = -1,
        .cap = -1,
        .status_quo = TALLY_NO_OPTION,
        .against_status_quo = {1, 2},
    };
    const char *base = tally_pointer(faults->arena, at, "config");
    if (config && config->type != JSON_MAP) {
        faults_add(faults, base, FAULT_TYPE, "The configuration must be an object.");
        return;
    }
    for (size_t i = 0; config && i < config->map.count; i++) {
        const struct json_member *member = &config->map.members[i];
        const char *pointer = tally_pointer(faults->arena, base, member->key);
        const struct key *key = find_key(tally->method, member->key);
        if (key)
            read_key(tally, key, &member->value, pointer, faults);
        else
            faults_add(faults, pointer, FAULT_UNKNOWN_MEMBER,
                       "The configuration of this method has no such key.");
    }
    check_together(tally, config, at, faults);
}
