/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_proxy.h"

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

struct proxy_link *view_proxies(const struct decide_view *view, const struct framework_phase *phase,
                                const char *caster)
{
    const struct decide_case *facts = &view->facts;
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
            .voted = votes && (secret ? caster && strcmp(elector->member, caster) == 0
                                      : view_has_voted(view, elector)),
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
        bool carried = links ? links[i].end == PROXY_CARRIED : view->electors[i]->carried;
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

/* Of secret ballots only how much was carried: who trusts whom would tell how heavy whose ballot
 * was. */
void proxies_write(const struct decide_view *view, const struct proxy_link *links,
                   struct json_writer *w)
{
    jw_key(w, "proxies");
    jw_map(w);
    write_sums(view, links, w);
    if (links) {
        write_votes(view, links, w);
        write_links(view, links, w, "carried", false);
        write_links(view, links, w, "lost", true);
    }
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
