/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy.h"

#include <stdlib.h>
#include <string.h>

struct resolution {
    const struct proxy_member *members;
    size_t count;
    const struct proxy_rule *rule;
    struct proxy_link *links;
};

const char *proxy_end_text(enum proxy_end end)
{
    static const char *const texts[] = {"voted",  "carried", "none",    "no_right",  "outside",
                                        "unused", "loop",    "too_far", "too_heavy", NULL};
    return texts[end];
}

static int by_id(const void *a, const void *b)
{
    const struct proxy_member *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static size_t find(const struct resolution *r, const char *id)
{
    const struct proxy_member key = {.id = id};
    const struct proxy_member *found =
        id && r->count ? bsearch(&key, r->members, r->count, sizeof key, by_id) : NULL;
    return found ? (size_t)(found - r->members) : PROXY_NOBODY;
}

static bool in_force(const struct proxy *proxy, int64_t at)
{
    return proxy->from <= at && (!proxy->until || at < proxy->until);
}

/* The most specific scope wins; of one scope, should two be given, the newer, and then any, but the
 * same one in whatever order they come. */
static bool beats(const struct proxy *a, const struct proxy *b)
{
    if (a->scope != b->scope)
        return a->scope > b->scope;
    if (a->from != b->from)
        return a->from > b->from;
    return strcmp(a->trustee ? a->trustee : "", b->trustee ? b->trustee : "") < 0;
}

static void choose(struct resolution *r, const struct proxy *proxies, size_t count, int64_t at)
{
    for (size_t i = 0; i < count; i++) {
        size_t truster = find(r, proxies[i].truster);
        if (truster == PROXY_NOBODY || !in_force(&proxies[i], at))
            continue;
        struct proxy_link *link = &r->links[truster];
        if (!link->proxy || beats(&proxies[i], link->proxy))
            link->proxy = &proxies[i];
    }
    for (size_t i = 0; i < r->count; i++)
        if (r->links[i].proxy)
            r->links[i].trustee = find(r, r->links[i].proxy->trustee);
}

static int by_trust(const void *a, const void *b)
{
    const struct proxy_link *const *x = a, *const *y = b;
    if ((*x)->trustee != (*y)->trustee)
        return (*x)->trustee < (*y)->trustee ? -1 : 1;
    if ((*x)->proxy->from != (*y)->proxy->from)
        return (*x)->proxy->from < (*y)->proxy->from ? -1 : 1;
    return strcmp((*x)->proxy->truster, (*y)->proxy->truster);
}

/* The first of the trusters of a member in the sorted list; `count` if there are none. */
static size_t first_truster(struct proxy_link *const *trusters, size_t count, size_t trustee)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (trusters[middle]->trustee < trustee)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether the vote of `voter` takes the truster in; if not, `end` says why. */
static bool takes(const struct resolution *r, size_t truster, size_t voter, int64_t hops)
{
    const struct proxy_rule *rule = r->rule;
    struct proxy_link *link = &r->links[truster];
    if (link->end != PROXY_PENDING)
        return false;
    if (rule->max_hops && hops > rule->max_hops)
        link->end = PROXY_TOO_FAR;
    else if (rule->max_weight &&
             r->members[truster].weight > rule->max_weight - r->links[voter].weight)
        link->end = PROXY_TOO_HEAVY;
    else
        link->end = PROXY_CARRIED;
    return link->end == PROXY_CARRIED;
}

/* Follows the trusters of one who voted, in waves. */
static void carry(struct resolution *r, size_t voter, struct proxy_link *const *trusters,
                  size_t truster_count, size_t *queue)
{
    size_t head = 0, tail = 0;
    queue[tail++] = voter;
    while (head < tail) {
        size_t trustee = queue[head++];
        int64_t hops = r->links[trustee].hops + 1;
        size_t i = first_truster(trusters, truster_count, trustee);
        for (; i < truster_count && trusters[i]->trustee == trustee; i++) {
            size_t truster = (size_t)(trusters[i] - r->links);
            if (!takes(r, truster, voter, hops))
                continue;
            r->links[truster].voter = voter;
            r->links[truster].hops = hops;
            r->links[voter].weight += r->members[truster].weight;
            r->links[voter].carried++;
            queue[tail++] = truster;
        }
    }
}

/* How the chain of a member ends that reached nobody who voted, as far as that shows from the
 * member alone. */
static enum proxy_end end_here(const struct resolution *r, size_t member)
{
    const struct proxy_link *link = &r->links[member];
    if (!link->proxy || !link->proxy->trustee)
        return PROXY_NONE;
    if (link->trustee == PROXY_NOBODY || r->links[link->trustee].end == PROXY_NO_RIGHT)
        return PROXY_OUTSIDE;
    return PROXY_PENDING;
}

/* Gives all on the way from `member` the reason that is found at its end; who is met twice on the
 * way is on a cycle. */
static void explain(struct resolution *r, size_t member, size_t *way)
{
    size_t length = 0;
    enum proxy_end end = PROXY_PENDING;
    while (r->links[member].end == PROXY_PENDING) {
        end = end_here(r, member);
        r->links[member].end = end == PROXY_PENDING ? PROXY_LOOP : end;
        way[length++] = member;
        if (end != PROXY_PENDING)
            break;
        member = r->links[member].trustee;
    }
    if (end == PROXY_PENDING)
        end = r->links[member].end;
    else
        length--; /* the last keeps its own reason */
    if (end == PROXY_NONE)
        end = PROXY_UNUSED;
    for (size_t i = 0; i < length; i++)
        r->links[way[i]].end = end;
}

static void begin(struct resolution *r)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct proxy_member *member = &r->members[i];
        r->links[i] = (struct proxy_link){.end = member->voted      ? PROXY_VOTED
                                                 : member->entitled ? PROXY_PENDING
                                                                    : PROXY_NO_RIGHT,
                                          .trustee = PROXY_NOBODY,
                                          .voter = member->voted ? i : PROXY_NOBODY,
                                          .weight = member->voted ? member->weight : 0};
    }
}

void proxy_resolve(struct arena *arena, const struct proxy_member *members, size_t member_count,
                   const struct proxy *proxies, size_t proxy_count, const struct proxy_rule *rule,
                   int64_t at, struct proxy_link *links)
{
    struct resolution r = {members, member_count, rule, links};
    struct proxy_link **trusters = arena_array(arena, member_count, sizeof(void *));
    size_t *queue = arena_array(arena, member_count, sizeof *queue);
    size_t truster_count = 0;
    begin(&r);
    choose(&r, proxies, rule->allowed ? proxy_count : 0, at);
    for (size_t i = 0; i < member_count; i++)
        if (links[i].trustee != PROXY_NOBODY)
            trusters[truster_count++] = &links[i];
    if (truster_count)
        qsort(trusters, truster_count, sizeof(void *), by_trust);
    for (size_t i = 0; i < member_count; i++)
        if (links[i].end == PROXY_VOTED)
            carry(&r, i, trusters, truster_count, queue);
    for (size_t i = 0; i < member_count; i++)
        explain(&r, i, queue);
}
