/* SPDX-License-Identifier: Apache-2.0 */
/* How members stand where one phase asks them once and counts heads. Private to decide/. */
#ifndef COHELM_DECIDE_POSITION_H
#define COHELM_DECIDE_POSITION_H

#include "decide_view.h"

/* The phase that takes inputs of a type; there is one (framework_check). */
size_t position_phase(const struct decide_view *view, const char *type);

/* True if the elector is asked for a position in that phase. Someone who left is, too. */
bool position_asked(const struct decide_view *view, size_t phase,
                    const struct decide_elector *elector);

/* The elector's position, or NULL. */
const struct decide_input *position_of(const struct decide_view *view, size_t phase,
                                       const struct decide_elector *elector);

/* How many others than its author support an input by inputs of `type`, each counted once. */
size_t position_supporters(const struct decide_view *view, const struct decide_input *subject,
                           const char *type);

#endif
