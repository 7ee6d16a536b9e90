/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals and the rights behind them. Private to decide/. */
#ifndef COHELM_DECIDE_REFUSE_H
#define COHELM_DECIDE_REFUSE_H

#include "decide_view.h"

void refusal_init(struct decide_refusal *refusal, struct arena *arena);

/* Says why not; always false. */
bool refuse(struct decide_refusal *refusal, enum problem_code code, const char *detail);

/* Whether a member's roles give a right; NULL stands for somebody whom the caller vouches for. */
bool holds_action(const struct decide_view *view, const char *member, enum framework_action action);
bool holds_withdraw(const struct decide_view *view, const char *member);
bool holds_advance(const struct decide_view *view, const char *member);

/* True if the framework allows no new text any more. */
bool rounds_exhausted(const struct decide_view *view);

#endif
