/* SPDX-License-Identifier: Apache-2.0 */
/* Proxy (liquid) voting: who votes for whom. Pure: the same members and proxies in any order give
 * the same result.
 *
 * From each member who voted, trusters are followed backwards, the nearest first, of one trustee
 * those who trust them longest first. One who voted, who has lost the right to vote or who is
 * counted already is skipped, with all who come only through them; so nobody counts twice, and a
 * cycle in which nobody voted counts zero. */
#ifndef COHELM_PROXY_H
#define COHELM_PROXY_H

#include "../arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In force from `from` until before `until`; `until` 0: without end. */
struct proxy {
    const char *truster;
    const char *trustee; /* NULL: none in this scope, whatever a wider one says */
    int64_t scope;       /* the greater, the more specific; one of a truster and scope at a time */
    int64_t from, until;
};

struct proxy_member {
    const char *id;
    int64_t weight; /* > 0 */
    bool voted;
    bool entitled; /* has the right to vote; a vote cast stays without it */
};

struct proxy_rule {
    bool allowed;
    int64_t max_weight; /* of one vote, the voter's own included; 0: no limit */
    int64_t max_hops;   /* from truster to voter; 0: no limit */
};

/* What became of a member's weight. */
enum proxy_end {
    PROXY_VOTED,     /* the member voted */
    PROXY_CARRIED,   /* somebody voted for them */
    PROXY_NONE,      /* they trust nobody here */
    PROXY_NO_RIGHT,  /* they have no right to vote */
    PROXY_OUTSIDE,   /* the chain reaches somebody without the right to vote */
    PROXY_UNUSED,    /* the chain ends at somebody who neither voted nor trusts anybody */
    PROXY_LOOP,      /* the chain runs into a cycle in which nobody voted */
    PROXY_TOO_FAR,   /* more hops than allowed */
    PROXY_TOO_HEAVY, /* the vote would weigh more than allowed */
    PROXY_PENDING    /* while resolving only */
};

#define PROXY_NOBODY SIZE_MAX

/* Of one member; members are named by their place. */
struct proxy_link {
    enum proxy_end end;
    const struct proxy *proxy; /* the one that counts at the time, or NULL */
    size_t trustee;            /* PROXY_NOBODY: none, or no member */
    size_t voter;              /* whose vote the weight went to; PROXY_NOBODY: lost */
    int64_t hops;              /* to the voter; 0 when the member voted */
    int64_t weight;            /* of the member's own vote with all that it carries, or 0 */
    int64_t carried;           /* how many others that vote carries */
};

/* Resolves at the time `at`. `members` are sorted by id and each stands once; `links` takes one for
 * each. A truster or trustee who is no member is as one without the right to vote. The weights of
 * the votes add up to the weight of those who voted or were carried. */
void proxy_resolve(struct arena *arena, const struct proxy_member *members, size_t member_count,
                   const struct proxy *proxies, size_t proxy_count, const struct proxy_rule *rule,
                   int64_t at, struct proxy_link *links);

/* "voted", "carried", "none", "no_right", "outside", "unused", "loop", "too_far", "too_heavy" */
const char *proxy_end_text(enum proxy_end end);

#endif
