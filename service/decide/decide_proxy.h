/* SPDX-License-Identifier: Apache-2.0 */
/* Proxies in a decision: who is entitled, who has voted, what the report says. Private to decide/.
 */
#ifndef COHELM_DECIDE_PROXY_H
#define COHELM_DECIDE_PROXY_H

#include "decide_view.h"

/* Resolves the decision's proxies as of its closing, or of now: one link for each of
 * view->electors, in their order. `caster` (or NULL) is taken to vote as well. With secret ballots
 * only the caster votes: who has voted, or was voted for, before is left out. */
struct proxy_link *view_proxies(const struct decide_view *view, const char *caster);

/* The place of a member among view->electors, or PROXY_NOBODY. */
size_t view_place(const struct decide_view *view, const char *member);

/* The member `proxies` of the count report, and what is kept for a recount. Not with secret
 * ballots: who trusts whom would tell how heavy whose ballot was. */
void proxies_write(const struct decide_view *view, const struct proxy_link *links,
                   struct json_writer *w);
void proxies_keep(const struct decide_view *view, const struct proxy_link *links,
                  struct decide_result *result);

#endif
