/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_proxy.h"
#include "decide_engine.h"
#include "decide_vote.h"

#include <string.h>

size_t view_place(const struct decide_view *view, const char *member)
{
    size_t low = 0, high = member ? view->elector_count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(view->electors[middle]->member, member);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PROXY_NOBODY;
}

static bool gone(const struct decide_elector *elector, int64_t at)
{
    return elector->left && elector->left_at <= at;
}

struct proxy_link *view_proxies(const struct decide_view *view, const char *caster)
{
    const struct decide_case *facts = &view->facts;
    const struct framework_phase *phase = vote_phase(view);
    bool secret = view->framework->rule.secret;
    int64_t at = facts->status == DECIDE_CLOSED ? facts->closed_at : facts->now;
    struct proxy_link *links = arena_array(view->arena, view->elector_count, sizeof *links);
    struct proxy_member *members = arena_array(view->arena, view->elector_count, sizeof *members);
    for (size_t i = 0; i < view->elector_count; i++) {
        const struct decide_elector *elector = view->electors[i];
        bool votes = view_votes(view, phase, elector);
        members[i] = (struct proxy_member){
            .id = elector->member,
            .weight = elector->weight,
            .voted = votes && ((caster && strcmp(elector->member, caster) == 0) ||
                               (!secret && view_has_voted(view, elector))),
            .entitled = votes && !gone(elector, at) && !(secret && elector->voted),
        };
    }
    proxy_resolve(view->arena, members, view->elector_count, facts->proxies, facts->proxy_count,
                  &view->framework->rule.proxy, at, links);
    return links;
}

static bool is_lost(const struct proxy_link *link)
{
    return link->end > PROXY_NO_RIGHT && link->proxy;
}

static const char *name_of(const struct decide_view *view, size_t place)
{
    return place == PROXY_NOBODY ? NULL : view->electors[place]->member;
}

static void write_sums(const struct decide_view *view, const struct proxy_link *links,
                       struct json_writer *w)
{
    int64_t members = 0, weight = 0;
    for (size_t i = 0; i < view->elector_count; i++) {
        bool carried =
            links ? links[i].end == PROXY_CARRIED : view->electors[i]->carried_by != NULL;
        members += carried;
        weight += carried ? view->electors[i]->weight : 0;
    }
    jw_key_int(w, "members", members);
    jw_key_int(w, "weight", weight);
}

static void write_votes(const struct decide_view *view, const struct proxy_link *links,
                        struct json_writer *w)
{
    jw_key(w, "votes");
    jw_list(w);
    for (size_t i = 0; i < view->elector_count; i++) {
        if (!links[i].carried)
            continue;
        jw_map(w);
        jw_key_text(w, "member_id", view->electors[i]->member);
        jw_key_int(w, "weight", links[i].weight);
        jw_key_int(w, "carried", links[i].carried);
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void write_links(const struct decide_view *view, const struct proxy_link *links,
                        struct json_writer *w, const char *key, bool lost)
{
    jw_key(w, key);
    jw_list(w);
    for (size_t i = 0; i < view->elector_count; i++) {
        if (lost ? !is_lost(&links[i]) : links[i].end != PROXY_CARRIED)
            continue;
        jw_map(w);
        jw_key_text(w, "member_id", view->electors[i]->member);
        jw_key_text(w, "trustee_id", links[i].proxy->trustee);
        if (lost) {
            jw_key_text(w, "reason", proxy_end_text(links[i].end));
        } else {
            jw_key_text(w, "voter_id", name_of(view, links[i].voter));
            jw_key_int(w, "hops", links[i].hops);
        }
        jw_map_end(w);
    }
    jw_list_end(w);
}

void proxies_write(const struct decide_view *view, const struct proxy_link *links,
                   struct json_writer *w)
{
    jw_key(w, "proxies");
    jw_map(w);
    write_sums(view, links, w);
    write_votes(view, links, w);
    write_links(view, links, w, "carried", false);
    write_links(view, links, w, "lost", true);
    jw_map_end(w);
}

void proxies_keep(const struct decide_view *view, const struct proxy_link *links,
                  struct decide_result *result)
{
    struct decide_proxy *kept = arena_array(view->arena, view->elector_count, sizeof *kept);
    for (size_t i = 0; i < view->elector_count; i++) {
        if (!links[i].proxy || !links[i].proxy->trustee)
            continue;
        kept[result->proxy_count++] = (struct decide_proxy){
            .truster = view->electors[i]->member,
            .trustee = links[i].proxy->trustee,
            .voter = links[i].end == PROXY_CARRIED ? name_of(view, links[i].voter) : NULL,
            .hops = links[i].hops,
            .since = links[i].proxy->from,
            .end = proxy_end_text(links[i].end),
        };
    }
    result->proxies = kept;
}

/* ---- one member's chain ---- */

static bool stands_in(const char *const *members, size_t count, const char *member, size_t *place)
{
    for (*place = 0; *place < count; (*place)++)
        if (strcmp(members[*place], member) == 0)
            return true;
    return false;
}

/* From trustee to trustee until one who votes, trusts nobody, is outside, or came before. */
static void follow(const struct decide_view *view, const struct proxy_link *links, size_t place,
                   struct decide_chain *chain)
{
    const char **members = arena_array(view->arena, view->elector_count + 2, sizeof *members);
    size_t count = 0, seen = 0;
    members[count++] = view->electors[place]->member;
    while (place != PROXY_NOBODY && links[place].end != PROXY_VOTED && links[place].proxy &&
           links[place].proxy->trustee) {
        const char *trustee = links[place].proxy->trustee;
        if (stands_in(members, count, trustee, &seen)) {
            chain->loop_start = seen;
            chain->loop_count = count - seen;
            break;
        }
        members[count++] = trustee;
        place = links[place].trustee;
        if (view->framework->rule.secret)
            break;
    }
    chain->members = members;
    chain->member_count = count;
}

/* With secret ballots what the others did shows only in what binds the member. */
static void tell_end(const struct decide_view *view, const struct proxy_link *links, size_t place,
                     struct decide_chain *chain)
{
    const struct decide_elector *elector = view->electors[place];
    enum proxy_end end = links[place].end;
    if (view->framework->rule.secret) {
        bool alone = elector->voted || end == PROXY_NO_RIGHT || !links[place].proxy ||
                     !links[place].proxy->trustee;
        if (elector->voted)
            end = elector->carried_by ? PROXY_CARRIED : PROXY_VOTED;
        chain->end = alone ? proxy_end_text(end) : NULL;
        return;
    }
    chain->end = proxy_end_text(end);
    chain->hops = links[place].hops;
    if (links[place].voter != PROXY_NOBODY)
        chain->voter = view->electors[links[place].voter]->member;
}

/* What the member's vote weighs, or would weigh. */
static void tell_weight(const struct decide_view *view, size_t place, struct decide_chain *chain)
{
    const struct decide_elector *elector = view->electors[place];
    const struct proxy_link *cast = view_proxies(view, elector->member);
    if (cast[place].end != PROXY_VOTED || elector->carried_by)
        return;
    if (!view->framework->rule.secret || !elector->voted) {
        chain->carried = cast[place].carried;
        chain->weight = cast[place].weight;
        return;
    }
    chain->weight = elector->weight;
    for (size_t i = 0; i < view->elector_count; i++) {
        const char *by = view->electors[i]->carried_by;
        if (!by || strcmp(by, elector->member) != 0)
            continue;
        chain->carried++;
        chain->weight += view->electors[i]->weight;
    }
}

void decide_chain(const struct decide_case *decision, const char *member,
                  struct decide_chain *chain)
{
    struct decide_view view;
    struct decide_step step;
    *chain = (struct decide_chain){.members = arena_array(decision->arena, 1, sizeof(char *)),
                                   .end = proxy_end_text(PROXY_NO_RIGHT)};
    engine_begin(decision, &view, &step);
    chain->allowed = view.framework->rule.proxy.allowed;
    size_t place = view_place(&view, member);
    if (place == PROXY_NOBODY || view.framework->rule.family != FAMILY_VOTE)
        return;
    const struct proxy_link *links = view_proxies(&view, NULL);
    follow(&view, links, place, chain);
    tell_end(&view, links, place, chain);
    tell_weight(&view, place, chain);
}

size_t decide_carries(const struct decide_case *decision, const char *member,
                      const struct decide_proxy **carried)
{
    struct decide_view view;
    struct decide_result result = {0};
    struct decide_step step;
    size_t count = 0;
    engine_begin(decision, &view, &step);
    proxies_keep(&view, view_proxies(&view, member), &result);
    struct decide_proxy *kept = arena_array(decision->arena, result.proxy_count, sizeof *kept);
    for (size_t i = 0; i < result.proxy_count; i++)
        if (result.proxies[i].voter)
            kept[count++] = result.proxies[i];
    *carried = kept;
    return count;
}
