/* SPDX-License-Identifier: Apache-2.0 */
/* Proxies against FRAMEWORKS.md 3.11: its worked example, each rule, and a second implementation
 * that goes the other way, from each truster forward. */
#include "decide/proxy.h"
#include "test.h"

#define MANY 24

struct group {
    struct arena arena;
    char names[MANY][8];
    struct proxy_member members[MANY];
    size_t count;
    struct proxy proxies[3 * MANY];
    size_t proxy_count;
    struct proxy_rule rule;
    struct proxy_link links[MANY];
};

static void gather(struct group *g, size_t count)
{
    memset(g, 0, sizeof *g);
    arena_init(&g->arena);
    g->rule.allowed = true;
    g->count = count;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(g->names[i], sizeof g->names[i], "m%02zu", i);
        g->members[i] = (struct proxy_member){.id = g->names[i], .weight = 1, .entitled = true};
    }
}

static void trust_in(struct group *g, size_t truster, size_t trustee, int64_t scope, int64_t from)
{
    g->proxies[g->proxy_count++] = (struct proxy){
        g->names[truster], trustee == PROXY_NOBODY ? NULL : g->names[trustee], scope, from, 0};
}

static void trust(struct group *g, size_t truster, size_t trustee)
{
    trust_in(g, truster, trustee, 0, 1);
}

static void resolve(struct group *g, int64_t at)
{
    proxy_resolve(&g->arena, g->members, g->count, g->proxies, g->proxy_count, &g->rule, at,
                  g->links);
}

static int64_t counted(const struct group *g)
{
    int64_t sum = 0;
    for (size_t i = 0; i < g->count; i++)
        sum += g->links[i].weight;
    return sum;
}

/* FRAMEWORKS.md 5: "8 direct voters, 12 trusters with one cycle 6→7→8→6 in which 8 votes directly:
 * all of 6 and 7 reach 8 once: weight of 8 is 3; Σ weights = 20". */
TEST(worked_example)
{
    struct group g;
    gather(&g, 21); /* members 1 … 20; 0 takes no part */
    g.members[0].entitled = false;
    static const size_t voters[] = {1, 2, 3, 4, 5, 8, 9, 10};
    for (size_t i = 0; i < 8; i++)
        g.members[voters[i]].voted = true;
    trust(&g, 6, 7);
    trust(&g, 7, 8);
    trust(&g, 8, 6);
    for (size_t truster = 11; truster <= 20; truster++)
        trust(&g, truster,
              truster - 10 == 8   ? 9
              : truster - 10 == 6 ? 11
              : truster - 10 == 7 ? 16
                                  : truster - 10);
    resolve(&g, 5);
    EXPECT(g.links[8].weight == 3 && g.links[8].carried == 2);
    EXPECT(g.links[7].voter == 8 && g.links[7].hops == 1);
    EXPECT(g.links[6].voter == 8 && g.links[6].hops == 2);
    EXPECT(counted(&g) == 20);
    for (size_t i = 1; i < g.count; i++)
        EXPECT(g.links[i].voter != PROXY_NOBODY);
    arena_release(&g.arena);
}

TEST(a_cycle_without_a_vote_counts_zero_and_so_do_those_who_lead_into_it)
{
    struct group g;
    gather(&g, 5);
    trust(&g, 0, 1);
    trust(&g, 1, 2);
    trust(&g, 2, 0);
    trust(&g, 3, 0);
    g.members[4].voted = true;
    resolve(&g, 5);
    for (size_t i = 0; i < 4; i++)
        EXPECT(g.links[i].end == PROXY_LOOP && g.links[i].voter == PROXY_NOBODY);
    EXPECT(counted(&g) == 1);
    arena_release(&g.arena);
}

TEST(voting_oneself_overrides_with_all_who_come_through_oneself)
{
    struct group g;
    gather(&g, 3);
    trust(&g, 0, 1);
    trust(&g, 1, 2);
    g.members[2].voted = true;
    resolve(&g, 5);
    EXPECT(g.links[2].weight == 3);
    g.members[1].voted = true;
    resolve(&g, 5);
    EXPECT(g.links[2].weight == 1 && g.links[1].weight == 2 && g.links[0].voter == 1);
    g.members[1].voted = false; /* withdrawing restores */
    resolve(&g, 5);
    EXPECT(g.links[2].weight == 3);
    arena_release(&g.arena);
}

TEST(the_most_specific_scope_wins_and_null_is_none)
{
    struct group g;
    gather(&g, 4);
    g.members[1].voted = g.members[2].voted = true;
    trust_in(&g, 0, 1, 0, 1);
    trust_in(&g, 0, 2, 1, 1);
    resolve(&g, 5);
    EXPECT(g.links[0].voter == 2);
    trust_in(&g, 0, PROXY_NOBODY, 2, 1);
    resolve(&g, 5);
    EXPECT(g.links[0].end == PROXY_NONE && g.links[0].voter == PROXY_NOBODY);
    trust(&g, 3, 0);
    resolve(&g, 5);
    EXPECT(g.links[3].end == PROXY_UNUSED);
    arena_release(&g.arena);
}

TEST(a_proxy_counts_from_its_beginning_until_before_its_end)
{
    struct group g;
    gather(&g, 2);
    g.members[1].voted = true;
    trust_in(&g, 0, 1, 0, 10);
    g.proxies[0].until = 20;
    static const struct {
        int64_t at;
        bool counts;
    } cases[] = {{9, false}, {10, true}, {19, true}, {20, false}};
    for (size_t i = 0; i < 4; i++) {
        resolve(&g, cases[i].at);
        EXPECT((g.links[0].voter == 1) == cases[i].counts);
    }
    arena_release(&g.arena);
}

TEST(without_the_right_to_vote_nothing_is_passed_on)
{
    struct group g;
    gather(&g, 4);
    trust(&g, 0, 1);
    trust(&g, 1, 2);
    g.members[2].voted = true;
    g.members[1].entitled = false;
    g.proxies[g.proxy_count++] = (struct proxy){g.names[3], "stranger", 0, 1, 0};
    resolve(&g, 5);
    EXPECT(g.links[1].end == PROXY_NO_RIGHT && g.links[0].end == PROXY_OUTSIDE);
    EXPECT(g.links[3].end == PROXY_OUTSIDE);
    EXPECT(g.links[2].weight == 1);
    g.members[2].entitled = false; /* who voted and then left: the vote stays, with its trusters */
    g.members[1].entitled = true;
    resolve(&g, 5);
    EXPECT(g.links[2].weight == 3);
    arena_release(&g.arena);
}

TEST(caps_on_hops_and_on_weight)
{
    struct group g;
    gather(&g, 5);
    for (size_t i = 0; i < 4; i++)
        trust(&g, i, i + 1);
    g.members[4].voted = true;
    g.rule.max_hops = 2;
    resolve(&g, 5);
    EXPECT(g.links[4].weight == 3);
    EXPECT(g.links[1].end == PROXY_TOO_FAR && g.links[0].end == PROXY_TOO_FAR);
    g.rule.max_hops = 0;
    g.rule.max_weight = 4;
    g.members[2].weight = 3;
    resolve(&g, 5);
    EXPECT(g.links[4].weight == 2 && g.links[3].voter == 4); /* 1 + 1, then 3 would be 5 */
    EXPECT(g.links[2].end == PROXY_TOO_HEAVY && g.links[0].end == PROXY_TOO_HEAVY);
    arena_release(&g.arena);
}

TEST(who_has_trusted_longest_comes_first_under_a_cap)
{
    struct group g;
    gather(&g, 4);
    g.members[3].voted = true;
    g.rule.max_weight = 2;
    trust_in(&g, 0, 3, 0, 3);
    trust_in(&g, 1, 3, 0, 2);
    trust_in(&g, 2, 3, 0, 4);
    resolve(&g, 5);
    EXPECT(g.links[1].voter == 3 && g.links[3].weight == 2);
    EXPECT(g.links[0].end == PROXY_TOO_HEAVY && g.links[2].end == PROXY_TOO_HEAVY);
    arena_release(&g.arena);
}

TEST(not_allowed_is_none)
{
    struct group g;
    gather(&g, 2);
    g.rule.allowed = false;
    trust(&g, 0, 1);
    g.members[1].voted = true;
    resolve(&g, 5);
    EXPECT(g.links[0].end == PROXY_NONE && g.links[1].weight == 1);
    arena_release(&g.arena);
}

/* ---- any profile ---- */

static uint32_t random_state = 7;

static size_t random_below(size_t n)
{
    random_state = random_state * 1664525U + 1013904223U; /* Numerical Recipes */
    return (random_state >> 8) % n;
}

static void scramble(struct group *g)
{
    gather(g, 1 + random_below(MANY));
    for (size_t i = 0; i < g->count; i++) {
        g->members[i].weight = 1 + (int64_t)random_below(5);
        g->members[i].voted = random_below(3) == 0;
        g->members[i].entitled = random_below(8) != 0;
        for (int64_t scope = 0; scope < 3; scope++) {
            size_t trustee = random_below(g->count + 1);
            if (random_below(2) && trustee != i)
                trust_in(g, i, trustee < g->count ? trustee : PROXY_NOBODY, scope,
                         (int64_t)random_below(8));
        }
    }
}

/* Section 3.11 from the truster's side: the one the member trusts, or PROXY_NOBODY. */
static size_t trusted(const struct group *g, size_t truster, int64_t at)
{
    const struct proxy *best = NULL;
    for (size_t i = 0; i < g->proxy_count; i++)
        if (g->proxies[i].truster == g->names[truster] && g->proxies[i].from <= at &&
            (!best || g->proxies[i].scope > best->scope))
            best = &g->proxies[i];
    for (size_t i = 0; best && best->trustee && i < g->count; i++)
        if (strcmp(g->names[i], best->trustee) == 0)
            return i;
    return PROXY_NOBODY;
}

static size_t votes_for(const struct group *g, size_t member, int64_t at)
{
    if (g->members[member].voted)
        return member;
    for (size_t hops = 0; hops <= g->count; hops++) {
        if (!g->members[member].entitled || (g->rule.max_hops && (int64_t)hops >= g->rule.max_hops))
            return PROXY_NOBODY;
        member = trusted(g, member, at);
        if (member == PROXY_NOBODY || g->members[member].voted)
            return member;
    }
    return PROXY_NOBODY;
}

TEST(agrees_with_following_each_truster_forward)
{
    for (int round = 0; round < 20000; round++) {
        struct group g;
        scramble(&g);
        g.rule.max_hops = (int64_t)random_below(4);
        resolve(&g, 5);
        int64_t reached = 0, weights[MANY] = {0};
        for (size_t i = 0; i < g.count; i++) {
            size_t voter = votes_for(&g, i, 5);
            EXPECT(g.links[i].voter == voter);
            EXPECT((voter == PROXY_NOBODY) == (g.links[i].end > PROXY_CARRIED));
            EXPECT(g.links[i].end != PROXY_PENDING);
            if (voter != PROXY_NOBODY) {
                weights[voter] += g.members[i].weight;
                reached += g.members[i].weight;
            }
        }
        for (size_t i = 0; i < g.count; i++)
            EXPECT(g.links[i].weight == weights[i]);
        EXPECT(counted(&g) == reached); /* weight is conserved */
        arena_release(&g.arena);
    }
}

TEST(the_order_of_proxies_does_not_matter_whatever_the_caps)
{
    for (int round = 0; round < 5000; round++) {
        struct group g;
        struct proxy_link first[MANY];
        scramble(&g);
        g.rule.max_hops = (int64_t)random_below(4);
        g.rule.max_weight = (int64_t)random_below(12);
        resolve(&g, 5);
        memcpy(first, g.links, sizeof first);
        for (size_t i = g.proxy_count; i > 1; i--) {
            size_t other = random_below(i);
            struct proxy kept = g.proxies[i - 1];
            g.proxies[i - 1] = g.proxies[other];
            g.proxies[other] = kept;
        }
        resolve(&g, 5);
        for (size_t i = 0; i < g.count; i++) {
            EXPECT(g.links[i].end == first[i].end && g.links[i].voter == first[i].voter);
            EXPECT(g.links[i].hops == first[i].hops && g.links[i].weight == first[i].weight);
            EXPECT(!g.rule.max_weight || !g.links[i].carried ||
                   g.links[i].weight <= g.rule.max_weight);
            EXPECT(!g.rule.max_hops || g.links[i].hops <= g.rule.max_hops);
        }
        arena_release(&g.arena);
    }
}
