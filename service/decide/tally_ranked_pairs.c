/* SPDX-License-Identifier: Apache-2.0 */
/* T. N. Tideman, "Independence of clones as a criterion for voting rules", 1987: defeats are locked
 * from the strongest down, but for those that would close a cycle (FRAMEWORKS.md section 3.10).
 *
 * Where equal defeats conflict, what is locked depends on the order among them. Then every order is
 * followed. Only what the locked pairs imply matters for what comes later, so orders that imply the
 * same are one "world". An option wins that is unbeaten in some world; one stands above another if
 * it does in every world. */
#include "tally_condorcet.h"

#include <stdlib.h>
#include <string.h>

#define ROW_WORDS ((TALLY_OPTIONS_MAX + 63) / 64)
#define WORLDS_MAX 2000 /* at once */
/* Work in all, so that ballots made to be hard cost a fraction of a second. */
#define STEPS_MAX 300000
#define STEPS_OF_A_WORLD 10

struct row {
    uint64_t words[ROW_WORDS];
};

/* The options that each option stands above of: locked pairs and what follows from them. */
struct world {
    struct row *rows;
    uint64_t hash; /* of the rows, once it is among worlds that are told apart */
};

struct worlds {
    struct world *items;
    size_t count;
};

struct search {
    struct arena *arena;
    size_t n; /* options */
    size_t steps;
    bool overflow; /* there is more than may be followed */
};

struct defeat {
    uint8_t x, y; /* x beats y */
    int64_t strength, opposition;
};

static bool above(const struct world *world, size_t x, size_t y)
{
    return world->rows[x].words[y / 64] >> (y % 64) & 1;
}

/* Puts x above y, with all that follows. */
static void lock(struct world *world, size_t n, size_t x, size_t y)
{
    if (above(world, x, y))
        return;
    struct row below = world->rows[y];
    below.words[y / 64] |= (uint64_t)1 << (y % 64);
    for (size_t i = 0; i < n; i++)
        if (i == x || above(world, i, x))
            for (size_t k = 0; k < ROW_WORDS; k++)
                world->rows[i].words[k] |= below.words[k];
}

static struct world world_new(const struct search *search)
{
    return (struct world){.rows = arena_array(search->arena, search->n, sizeof(struct row))};
}

static void world_copy(const struct search *search, struct world *to, const struct world *from)
{
    memcpy(to->rows, from->rows, search->n * sizeof *to->rows);
}

static struct worlds worlds_new(const struct search *search)
{
    return (struct worlds){.items = arena_array(search->arena, WORLDS_MAX, sizeof(struct world))};
}

static void spend(struct search *search, size_t steps)
{
    search->steps += steps;
    if (search->steps > STEPS_MAX)
        search->overflow = true;
}

static uint64_t hash_rows(const struct world *world, size_t n)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < ROW_WORDS; k++) {
            hash = (hash ^ world->rows[i].words[k]) * 0x9e3779b97f4a7c15;
            hash ^= hash >> 32;
        }
    return hash;
}

/* Adds a copy of a world unless there is one already. */
static void worlds_add(struct search *search, struct worlds *worlds, const struct world *world)
{
    size_t size = search->n * sizeof *world->rows;
    uint64_t hash = hash_rows(world, search->n);
    for (size_t i = 0; i < worlds->count; i++)
        if (worlds->items[i].hash == hash && memcmp(worlds->items[i].rows, world->rows, size) == 0)
            return;
    if (worlds->count == WORLDS_MAX) {
        search->overflow = true;
        return;
    }
    struct world copy = world_new(search);
    world_copy(search, &copy, world);
    copy.hash = hash;
    worlds->items[worlds->count++] = copy;
}

static int by_strength(const void *a, const void *b)
{
    const struct defeat *p = a, *q = b;
    if (p->strength != q->strength)
        return p->strength > q->strength ? -1 : 1;
    if (p->opposition != q->opposition)
        return p->opposition < q->opposition ? -1 : 1;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y > q->y) - (p->y < q->y);
}

static struct defeat *defeats_of(struct arena *arena, const struct tally *tally,
                                 const int64_t *wins, size_t *count)
{
    size_t n = tally->option_count;
    struct defeat *defeats = arena_array(arena, n * n, sizeof *defeats);
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < n; y++) {
            int64_t strength = tally_strength(tally, wins, x, y);
            if (strength)
                defeats[(*count)++] =
                    (struct defeat){(uint8_t)x, (uint8_t)y, strength, wins[y * n + x]};
        }
    if (*count)
        qsort(defeats, *count, sizeof *defeats, by_strength);
    return defeats;
}

/* Locks those of a group of equal defeats that no order of the group can stop. False: there are
 * others, of which the order decides. */
static bool lock_certain(const struct search *search, const struct world *from,
                         const struct defeat *group, size_t count, struct world *world)
{
    struct world all = world_new(search); /* with everything that fits */
    bool certain = true;
    world_copy(search, &all, from);
    world_copy(search, world, from);
    for (size_t i = 0; i < count; i++)
        if (!above(from, group[i].y, group[i].x))
            lock(&all, search->n, group[i].x, group[i].y);
    for (size_t i = 0; i < count; i++) {
        if (!above(&all, group[i].y, group[i].x))
            lock(world, search->n, group[i].x, group[i].y);
        else if (!above(from, group[i].y, group[i].x))
            certain = false;
    }
    return certain;
}

/* Locks a group of equal defeats in every order and adds the worlds that come out to `next`. */
static void lock_group(struct search *search, const struct world *from, const struct defeat *group,
                       size_t count, struct worlds *next)
{
    struct world world = world_new(search), step = world_new(search);
    if (lock_certain(search, from, group, count, &world)) {
        worlds_add(search, next, &world);
        return;
    }
    struct worlds seen = worlds_new(search);
    worlds_add(search, &seen, &world);
    for (size_t k = 0; k < seen.count; k++) {
        bool last = true;
        for (size_t i = 0; i < count; i++) {
            size_t x = group[i].x, y = group[i].y;
            if (above(&seen.items[k], x, y) || above(&seen.items[k], y, x))
                continue;
            world_copy(search, &step, &seen.items[k]);
            lock(&step, search->n, x, y);
            worlds_add(search, &seen, &step);
            last = false;
            spend(search, STEPS_OF_A_WORLD);
            if (search->overflow)
                return;
        }
        if (last)
            worlds_add(search, next, &seen.items[k]);
    }
}

static struct worlds lock_all(struct search *search, const struct defeat *defeats, size_t count)
{
    struct worlds worlds = worlds_new(search), next = worlds_new(search);
    struct world start = world_new(search);
    worlds_add(search, &worlds, &start);
    for (size_t i = 0, size; i < count && !search->overflow; i += size) {
        const struct defeat *group = defeats + i;
        size = 1;
        while (i + size < count && group[size].strength == group->strength &&
               group[size].opposition == group->opposition)
            size++;
        spend(search, worlds.count * size);
        if (size == 1) { /* mostly; no need for copies */
            for (size_t k = 0; k < worlds.count; k++)
                if (!above(&worlds.items[k], group->y, group->x))
                    lock(&worlds.items[k], search->n, group->x, group->y);
            continue;
        }
        next.count = 0;
        for (size_t k = 0; k < worlds.count && !search->overflow; k++)
            lock_group(search, &worlds.items[k], group, size, &next);
        struct worlds done = worlds;
        worlds = next;
        next = done;
    }
    return worlds;
}

/* What holds in every world; who is unbeaten in some. Where there are too many worlds to follow:
 * the layers that every order respects, with the Smith set on top. */
static struct tally_set join(const struct search *search, const struct tally *tally,
                             const struct worlds *worlds, const int64_t *wins, bool *relation)
{
    size_t n = tally->option_count;
    struct tally_set first = tally_set_new(search->arena, tally);
    const bool *reach = search->overflow ? tally_reach(search->arena, tally, wins) : NULL;
    for (size_t x = 0; x < n; x++) {
        bool top = false, smith = true;
        for (size_t y = 0; y < n; y++) {
            bool holds = true;
            for (size_t k = 0; k < worlds->count; k++)
                holds = holds && above(&worlds->items[k], x, y);
            relation[x * n + y] = reach ? !reach[y * n + x] : holds;
            smith = smith && (!reach || reach[x * n + y]);
        }
        for (size_t k = 0; k < worlds->count; k++) {
            bool beaten = false;
            for (size_t y = 0; y < n; y++)
                beaten = beaten || above(&worlds->items[k], y, x);
            top = top || !beaten;
        }
        if (reach ? smith : top)
            tally_set_add(&first, x);
    }
    return first;
}

void tally_ranked_pairs_count(struct arena *arena, const struct tally *tally,
                              struct tally_result *result)
{
    size_t n = tally->option_count, count = 0;
    struct pairs *pairs = tally_pairs(arena, tally, result);
    const struct defeat *defeats = defeats_of(arena, tally, pairs->wins, &count);
    struct search search = {.arena = arena, .n = n};
    struct worlds worlds = lock_all(&search, defeats, count);
    bool *relation = arena_array(arena, n * n, sizeof *relation);
    struct tally_set first = join(&search, tally, &worlds, pairs->wins, relation);
    pairs->locked = arena_array(arena, count + 1, sizeof *pairs->locked);
    pairs->conflicts = arena_array(arena, count + 1, sizeof *pairs->conflicts);
    for (size_t i = 0; i < count; i++) {
        size_t x = defeats[i].x, y = defeats[i].y;
        uint8_t *pair = NULL;
        if (relation[x * n + y])
            pair = pairs->locked[pairs->locked_count++];
        else if (!relation[y * n + x])
            pair = pairs->conflicts[pairs->conflict_count++];
        if (!pair)
            continue;
        pair[0] = defeats[i].x;
        pair[1] = defeats[i].y;
    }
    tally_rank_add(arena, tally, result, first);
    tally_rank_relation(arena, tally, relation, &first, result);
    tally_condorcet_seat(arena, tally, pairs->wins, result);
}
