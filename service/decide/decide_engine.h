/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying the facts of a decision forward. Private to decide/. */
#ifndef COHELM_DECIDE_ENGINE_H
#define COHELM_DECIDE_ENGINE_H

#include "decide_view.h"

/* Looks up the facts and lets happen what happens by itself up to now. */
void engine_begin(const struct decide_case *decision, struct decide_view *view,
                  struct decide_step *step);

/* Lets happen what happens by itself from the facts as they now are. */
void engine_settle(struct decide_view *view, struct decide_step *step);

/* Begins a phase, ends the current one, closes the decision. */
void engine_start_phase(struct decide_view *view, struct decide_step *step, size_t phase,
                        enum decide_event_kind kind, const char *cause, int64_t at);
void engine_end_phase(struct decide_view *view, struct decide_step *step, const char *cause,
                      int64_t at);
void engine_close(struct decide_view *view, struct decide_step *step, const char *cause,
                  int64_t at);

#endif
