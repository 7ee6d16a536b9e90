/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_method.h"

#include <assert.h>
#include <string.h>

const char *const tally_ballot_names[] = {"choice", "approve", "ranking", "scores", "points"};

/* One ballot as cells; see struct tally. */
struct cells {
    uint8_t marks[TALLY_OPTIONS_MAX];
    int32_t values[TALLY_OPTIONS_MAX];
    bool blank;
    int64_t largest; /* |value| */
};

/* Where a ballot stands. Its pointer is only put together when there is a fault: a count of a
 * million ballots spends no time on it. */
struct spot {
    struct faults *faults;
    const char *at;
    size_t index; /* in the list `at`, or SIZE_MAX: `at` is the ballot */
    size_t found; /* faults before this ballot */
    const char *member;
    size_t depth; /* how much of `path` below the member is meant */
    size_t path[2];
};

static void fault(const struct spot *spot, const char *tail, enum fault_code code,
                  const char *detail)
{
    struct arena *arena = spot->faults->arena;
    const char *at = spot->at;
    if (spot->index != SIZE_MAX)
        at = arena_printf(arena, "%s/%zu", at, spot->index);
    if (spot->member)
        at = arena_printf(arena, "%s/%s", at, spot->member);
    for (size_t i = 0; i < spot->depth; i++)
        at = arena_printf(arena, "%s/%zu", at, spot->path[i]);
    faults_add(spot->faults, arena_printf(arena, "%s%s", at, tail), code, "%s", detail);
}

static bool clean(const struct spot *spot)
{
    return spot->faults->found == spot->found;
}

static size_t find_option(const struct tally *tally, const struct json *value)
{
    return tally_option(tally, value->text.data, value->text.len);
}

static void read_choice(const struct tally *tally, const struct json *value, struct cells *cells,
                        const struct spot *spot)
{
    bool yes_no = tally->method == TALLY_MAJORITY;
    cells->marks[0] = 0;
    cells->blank = yes_no ? json_is_text(value, "abstain") : value->type == JSON_NULL_VALUE;
    if (cells->blank)
        return;
    if (value->type != JSON_TEXT) {
        fault(spot, "", FAULT_TYPE, "A choice is a text.");
        return;
    }
    size_t option = find_option(tally, value);
    if (option == TALLY_NO_OPTION)
        fault(spot, "", FAULT_BALLOT_UNKNOWN_OPTION,
              yes_no ? "The choice is yes, no or abstain." : "There is no such option.");
    else
        cells->marks[0] = (uint8_t)(option + 1);
}

/* The option that `value` names, if it is one and is not marked yet. */
static size_t read_mark(const struct tally *tally, const struct json *value,
                        const struct cells *cells, enum fault_code twice, const struct spot *spot)
{
    if (value->type != JSON_TEXT) {
        fault(spot, "", FAULT_TYPE, "An option is a text.");
        return TALLY_NO_OPTION;
    }
    size_t option = find_option(tally, value);
    if (option == TALLY_NO_OPTION) {
        fault(spot, "", FAULT_BALLOT_UNKNOWN_OPTION, "There is no such option.");
        return TALLY_NO_OPTION;
    }
    if (cells->marks[option]) {
        fault(spot, "", twice, "The option stands on the ballot already.");
        return TALLY_NO_OPTION;
    }
    return option;
}

static void read_approve(const struct tally *tally, const struct json *value, struct cells *cells,
                         struct spot *spot)
{
    memset(cells->marks, 0, tally->option_count);
    if (value->type != JSON_LIST) {
        fault(spot, "", FAULT_TYPE, "Approvals are a list of options.");
        return;
    }
    cells->blank = value->list.count == 0;
    for (size_t i = 0; i < value->list.count; i++) {
        spot->depth = 1;
        spot->path[0] = i;
        size_t option =
            read_mark(tally, &value->list.items[i], cells, FAULT_BALLOT_DUPLICATE_OPTION, spot);
        if (option != TALLY_NO_OPTION)
            cells->marks[option] = 1;
    }
    spot->depth = 0;
    int64_t limit = tally->config.max_choices;
    if (limit && value->list.count > (size_t)limit)
        fault(spot, "", FAULT_TOO_MANY_CHOICES, "More options are approved than allowed.");
}

static void read_group(const struct tally *tally, const struct json *group, size_t rank,
                       struct cells *cells, struct spot *spot)
{
    spot->depth = 1;
    spot->path[0] = rank;
    if (group->type != JSON_LIST)
        fault(spot, "", FAULT_TYPE, "A rank is a list of options.");
    else if (!group->list.count)
        fault(spot, "", FAULT_RANKING_EMPTY_GROUP, "A rank holds at least one option.");
    else if (group->list.count > 1 && (tally_kinds[tally->method].keys & TALLY_KEYS_ELIMINATION) &&
             tally->config.equal_ranks == TALLY_EQUAL_REFUSE)
        fault(spot, "", FAULT_RANKING_EQUAL_RANKS, "Each rank holds one option.");
    if (group->type != JSON_LIST)
        return;
    spot->depth = 2;
    for (size_t i = 0; i < group->list.count; i++) {
        spot->path[1] = i;
        size_t option =
            read_mark(tally, &group->list.items[i], cells, FAULT_RANKING_DUPLICATE_OPTION, spot);
        if (option != TALLY_NO_OPTION)
            cells->marks[option] = (uint8_t)(rank + 1);
    }
}

static void read_ranking(const struct tally *tally, const struct json *value, struct cells *cells,
                         struct spot *spot)
{
    memset(cells->marks, 0, tally->option_count);
    if (value->type != JSON_LIST) {
        fault(spot, "", FAULT_TYPE, "A ranking is a list of lists of options.");
        return;
    }
    cells->blank = value->list.count == 0;
    /* Each rank holds an option of its own, so ranks fit a byte. */
    if (value->list.count > tally->option_count) {
        fault(spot, "", FAULT_TOO_MANY, "There are more ranks than options.");
        return;
    }
    for (size_t i = 0; i < value->list.count; i++)
        read_group(tally, &value->list.items[i], i, cells, spot);
    spot->depth = 0;
}

/* The cost of points, and whether they fit the method's rules. */
static void check_points(const struct tally *tally, const struct cells *cells,
                         const struct spot *spot)
{
    const struct tally_config *config = &tally->config;
    bool squares = tally->method == TALLY_QUADRATIC;
    wide cost = 0;
    for (size_t i = 0; i < tally->option_count; i++)
        if (cells->values[i] != TALLY_UNRATED)
            cost += squares ? (wide)cells->values[i] * cells->values[i] : cells->values[i];
    if (config->budget >= 0 && cost > config->budget)
        fault(spot, "", FAULT_BALLOT_BUDGET_EXCEEDED, "The points cost more than the budget.");
    else if (config->exact && config->budget >= 0 && cost < config->budget && !cells->blank)
        fault(spot, "", FAULT_BALLOT_BUDGET_UNSPENT, "The whole budget has to be spent.");
}

/* The lowest and highest value that an option may get. */
static void value_range(const struct tally *tally, int64_t *low, int64_t *high)
{
    *low = -TALLY_VALUE_MAX;
    *high = TALLY_VALUE_MAX;
    if (tally->ballot == TALLY_SCORES) {
        bool star = tally->method == TALLY_STAR;
        *low = star ? 0 : tally->config.min;
        *high = star ? 5 : tally->config.max;
    } else if (tally->method == TALLY_DOT) {
        *low = 0;
    }
}

/* The largest whole number whose square is no more than `budget`, up to TALLY_VALUE_MAX. */
static int64_t root_of(int64_t budget)
{
    int64_t root = 0;
    for (int64_t bit = 1 << 29; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= budget)
            root += bit;
    return root;
}

/* How far from zero a value may be. */
static int64_t largest_value(const struct tally *tally)
{
    const struct tally_config *config = &tally->config;
    int64_t low, high, spent = config->budget;
    if (tally->ballot != TALLY_SCORES && tally->ballot != TALLY_POINTS)
        return 1;
    value_range(tally, &low, &high);
    int64_t largest = high > -low ? high : -low;
    if (tally->ballot == TALLY_POINTS && config->cap >= 0 && config->cap < largest)
        largest = config->cap;
    if (tally->method == TALLY_QUADRATIC && spent >= 0)
        spent = root_of(spent);
    if (tally->ballot == TALLY_POINTS && spent >= 0 && spent < largest)
        largest = spent;
    return largest;
}

bool tally_holds(const struct tally *tally, int64_t votes)
{
    int64_t largest = largest_value(tally);
    return (wide)votes * (largest > 1 ? largest : 1) <= TALLY_VOTES_MAX;
}

static void read_value(const struct tally *tally, const struct json_member *member,
                       struct cells *cells, const struct spot *spot)
{
    struct arena *arena = spot->faults->arena;
    int64_t low, high, cap = tally->config.cap, value = member->value.integer;
    value_range(tally, &low, &high);
    size_t option = tally_option(tally, member->key, member->key_len);
    enum fault_code code = FAULT_TYPE;
    const char *detail = NULL;
    if (option == TALLY_NO_OPTION) {
        code = FAULT_BALLOT_UNKNOWN_OPTION;
        detail = "There is no such option.";
    } else if (member->value.type != JSON_INT) {
        detail = "It must be an integer.";
    } else if (value < low || value > high) {
        code = FAULT_BALLOT_VALUE_OUT_OF_RANGE;
        detail = arena_printf(arena, "It must be between %lld and %lld.", (long long)low,
                              (long long)high);
    } else if (tally->ballot == TALLY_POINTS && cap >= 0 && (value > cap || value < -cap)) {
        code = FAULT_BALLOT_CAP_EXCEEDED;
        detail = arena_printf(arena, "One option gets at most %lld.", (long long)cap);
    } else if (cells->values[option] != TALLY_UNRATED) {
        code = FAULT_BALLOT_DUPLICATE_OPTION;
        detail = "The option stands on the ballot already.";
    }
    if (detail) {
        fault(spot, tally_pointer(arena, "", member->key), code, detail);
        return;
    }
    cells->values[option] = (int32_t)value;
    int64_t size = value < 0 ? -value : value;
    if (size > cells->largest)
        cells->largest = size;
}

static void read_values(const struct tally *tally, const struct json *value, struct cells *cells,
                        const struct spot *spot)
{
    for (size_t i = 0; i < tally->option_count; i++)
        cells->values[i] = TALLY_UNRATED;
    if (value->type != JSON_MAP) {
        fault(spot, "", FAULT_TYPE, "It must be an object of options and integers.");
        return;
    }
    cells->blank = value->map.count == 0;
    for (size_t i = 0; i < value->map.count; i++)
        read_value(tally, &value->map.members[i], cells, spot);
    if (tally->ballot == TALLY_POINTS && clean(spot))
        check_points(tally, cells, spot);
}

static void read_marks(const struct tally *tally, const struct json *value, struct cells *cells,
                       struct spot *spot)
{
    switch (tally->ballot) {
    case TALLY_CHOICE:
        read_choice(tally, value, cells, spot);
        break;
    case TALLY_APPROVE:
        read_approve(tally, value, cells, spot);
        break;
    case TALLY_RANKING:
        read_ranking(tally, value, cells, spot);
        break;
    case TALLY_SCORES:
    case TALLY_POINTS:
        read_values(tally, value, cells, spot);
        break;
    }
}

static void read_times(const struct json_member *member, int64_t *times, const struct spot *spot)
{
    const char *tail = member->key[0] == 'c' ? "/count" : "/weight";
    if (member->value.type != JSON_INT)
        fault(spot, tail, FAULT_TYPE, "It must be an integer.");
    else if (member->value.integer < 1)
        fault(spot, tail, FAULT_TOO_SMALL, "It must be at least 1.");
    else if (member->value.integer > TALLY_VOTES_MAX)
        fault(spot, tail, FAULT_TOO_LARGE, "It must be at most 2^53.");
    else
        *times = member->value.integer;
}

/* Reads a ballot; `count` and `weight` may be NULL where they may not stand. */
static void read_ballot(const struct tally *tally, const struct json *ballot, struct cells *cells,
                        int64_t *count, int64_t *weight, struct spot *spot)
{
    cells->blank = false;
    cells->largest = 0;
    if (ballot->type != JSON_MAP) {
        fault(spot, "", FAULT_TYPE, "A ballot is an object.");
        return;
    }
    const char *name = tally_ballot_names[tally->ballot];
    bool marked = false, other = false;
    for (size_t i = 0; i < ballot->map.count; i++) {
        const struct json_member *member = &ballot->map.members[i];
        if (strcmp(member->key, name) == 0) {
            marked = true;
            spot->member = name;
            read_marks(tally, &member->value, cells, spot);
            spot->member = NULL;
            continue;
        }
        if (count && strcmp(member->key, "count") == 0) {
            read_times(member, count, spot);
            continue;
        }
        if (weight && strcmp(member->key, "weight") == 0) {
            read_times(member, weight, spot);
            continue;
        }
        enum fault_code code = FAULT_UNKNOWN_MEMBER;
        for (size_t kind = TALLY_CHOICE; kind <= TALLY_POINTS; kind++)
            if (strcmp(member->key, tally_ballot_names[kind]) == 0)
                code = FAULT_BALLOT_KIND_MISMATCH;
        other = other || code == FAULT_BALLOT_KIND_MISMATCH;
        fault(spot, tally_pointer(spot->faults->arena, "", member->key), code,
              arena_printf(spot->faults->arena, "Ballots of this method have `%s`.", name));
    }
    if (!marked && !other)
        fault(spot, tally_pointer(spot->faults->arena, "", name), FAULT_REQUIRED,
              "The ballot says nothing.");
}

void tally_reserve(struct tally *tally, size_t count)
{
    size_t need = tally->ballot_count + count;
    if (need <= tally->capacity)
        return;
    size_t capacity = tally->capacity * 2 > need ? tally->capacity * 2 : need;
    int64_t *weights = arena_array(tally->arena, capacity, sizeof *weights);
    if (tally->ballot_count)
        memcpy(weights, tally->weights, tally->ballot_count * sizeof *weights);
    bool values = tally->ballot == TALLY_SCORES || tally->ballot == TALLY_POINTS;
    size_t size = tally->width * (values ? sizeof *tally->values : sizeof *tally->marks);
    void *cells = arena_array(tally->arena, capacity, size);
    if (tally->ballot_count)
        memcpy(cells, values ? (void *)tally->values : (void *)tally->marks,
               tally->ballot_count * size);
    tally->weights = weights;
    tally->marks = values ? NULL : cells;
    tally->values = values ? cells : NULL;
    tally->capacity = capacity;
}

/* Adds what was read, unless that passes a cap. */
static bool store(struct tally *tally, const struct cells *cells, int64_t count, int64_t weight,
                  const struct spot *spot)
{
    assert(count > 0 && weight > 0);
    wide votes = (wide)count * weight;
    wide volume = votes * cells->largest;
    if (votes > TALLY_VOTES_MAX - tally->cast || volume > TALLY_VOTES_MAX - tally->volume) {
        fault(spot, "", FAULT_VOTES_TOO_MANY,
              "The votes, or votes times values, add up to more than 2^53.");
        return false;
    }
    if ((tally->ballot_count + 1) * tally->option_count > TALLY_CELLS_MAX) {
        fault(spot, "", FAULT_TOO_MANY, "There are too many ballots for so many options.");
        return false;
    }
    tally_reserve(tally, 1);
    size_t b = tally->ballot_count++;
    tally->weights[b] = (int64_t)votes;
    tally->cast += (int64_t)votes;
    tally->volume += (int64_t)volume;
    if (cells->blank)
        tally->blank += (int64_t)votes;
    if (tally->marks)
        memcpy(tally->marks + b * tally->width, cells->marks, tally->width);
    if (tally->values)
        memcpy(tally->values + b * tally->width, cells->values,
               tally->width * sizeof *cells->values);
    return true;
}

bool tally_check_ballot(const struct tally *tally, const struct json *ballot, const char *at,
                        struct faults *faults)
{
    struct cells cells;
    struct spot spot = {.faults = faults, .at = at, .index = SIZE_MAX, .found = faults->found};
    read_ballot(tally, ballot, &cells, NULL, NULL, &spot);
    return clean(&spot);
}

bool tally_add_ballot(struct tally *tally, const struct json *ballot, int64_t count, int64_t weight,
                      const char *at, struct faults *faults)
{
    struct cells cells;
    struct spot spot = {.faults = faults, .at = at, .index = SIZE_MAX, .found = faults->found};
    read_ballot(tally, ballot, &cells, NULL, NULL, &spot);
    return clean(&spot) && store(tally, &cells, count, weight, &spot);
}

bool tally_add_item(struct tally *tally, const struct json *ballot, const char *at, size_t index,
                    struct faults *faults)
{
    struct cells cells;
    struct spot spot = {.faults = faults, .at = at, .index = index, .found = faults->found};
    int64_t count = 1, weight = 1;
    read_ballot(tally, ballot, &cells, &count, &weight, &spot);
    return clean(&spot) && store(tally, &cells, count, weight, &spot);
}
