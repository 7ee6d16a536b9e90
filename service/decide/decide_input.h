/* SPDX-License-Identifier: Apache-2.0 */
/* The types of input and what their data holds. A later framework adds a row. Private to decide/.
 *
 *   question     {text}
 *   answer       {text}                    subject: a question
 *   reaction     {text}
 *   opinion      {text}
 *   advice       {text}
 *   nomination   {nominee: id of a member who nominates too, text?}
 *   reason       {text}
 *   declaration  {text}                    why nobody affected can be asked
 *   response     {value: "taken" | "partly" | "not_taken", text?}   subject: an opinion or advice
 *   consent      {text?}
 *   concern      {text}
 *   objection    by rule.objection_test:
 *                  none       {text?}
 *                  s3         {kind: "consequence" | "risk" | "improvement", text}
 *                  holacracy  {arguments: {criterion: text, …}, text?}
 *                             or {policy_broken: text, text?}
 *   ruling       {arguments_given: {criterion: bool for all four}, text?}   subject: an objection
 *   agree, reservations, stand_aside, abstain, block, plus_one, zero, minus_one   {text?}
 *   support      {text?}                   subject: a block
 *   decision     {choice: option key, rationale?}; without options "yes" or "no", or any text with
 *                rule.free_choice
 *   statement, escalation, report, notice   {text}
 *   recommendation  {choice: option key, text}; without options no choice
 *   verdict      {value: "approve" | "reject" | "return" | "veto", text}; text? with "approve"
 *   agreement    {value: "agree" | "disagree", text}; text? with "agree"
 *   performers   {members: [id of one of the roles of `to`, …], text?}
 *   matrix       {rows: [{task, responsible, accountable, consulted, informed: [id, …]}, …]}, see
 *                decide_matrix.h
 *
 * The criteria are harms_capacity, limits_responsibility, newly_caused, necessarily_follows. */
#ifndef COHELM_DECIDE_INPUT_H
#define COHELM_DECIDE_INPUT_H

#include "decide.h"

#define CRITERIA 4
extern const char *const input_criteria[CRITERIA + 1]; /* NULL-terminated */

bool input_type_known(const char *type);

/* True if inputs of this type answer another input. */
bool input_type_answers(const char *type);

/* True for how a member stands to a proposal: consent, concern, objection; agree, reservations,
 * stand_aside, abstain, block; plus_one, zero, minus_one. */
bool input_type_stance(const char *type);

/* The words of which inputs of this type say one as their `value`, NULL-terminated; NULL if they
 * say none. */
const char *const *input_words(const char *type);

/* True if an input of this type is the deciding one of its phase. */
bool input_type_decides(const char *type);

/* True if by such an input the decision may be sent back, and if it is by this one. */
bool input_sends_back(const struct framework_input *input);
bool input_is_sent_back(const struct decide_input *input);

/* True if such an input may be a verdict that rejects. */
bool input_rejects(const struct framework_input *input);

/* Checks the data of an input that the phase takes as `input` says. `subject` is the input that it
 * answers, or NULL. Adds every fault below /data. */
void input_check_data(const struct decide_case *decision, const struct framework_input *input,
                      const struct json *data, const struct decide_input *subject,
                      struct faults *faults);

/* True for what the outcome follows from. */
bool input_type_counts(const char *type);

/* True if the input says why: a block or a -1 without a reason is void. */
bool input_has_reason(const struct decide_input *input);

/* True if the objection counts only once it was ruled (holacracy, and no policy is broken). */
bool input_needs_ruling(const struct framework_rule *rule, const struct decide_input *objection);

#endif
