/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of a framework: method and parameters. Private to decide/. */
#ifndef COHELM_FRAMEWORK_RULE_H
#define COHELM_FRAMEWORK_RULE_H

#include "definition.h"
#include "framework.h"
#include "tally.h"

/* Reads the member `rule` of a definition; `value` may be NULL. Adds every fault. */
void framework_rule_read(struct definition *d, const struct json *value,
                         struct framework_rule *rule);

/* True if the method can tell before the end that nothing changes any more. */
bool framework_rule_certain(const struct framework_rule *rule);

/* True if a phase may end without result and a new round begin. */
bool framework_rule_returns(const struct framework_rule *rule);

/* Whether a decision by this rule has options of its own, and at least how many. */
size_t framework_rule_options_min(const struct framework_rule *rule);
bool framework_rule_options_allowed(const struct framework_rule *rule);

/* The tally of a rule, without ballots. Faults as of tally_init, those of parameters below
 * `rule_at`, the others below "". */
bool framework_rule_tally(struct arena *arena, const struct framework_rule *rule,
                          const char *const *options, size_t option_count, int64_t electorate,
                          const char *rule_at, struct tally *tally, struct faults *faults);

#endif
