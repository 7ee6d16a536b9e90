/* SPDX-License-Identifier: Apache-2.0 */
/* What a family of methods adds to the engine: when it is sure, and what comes out. Private to
 * decide/. */
#ifndef COHELM_DECIDE_FAMILY_H
#define COHELM_DECIDE_FAMILY_H

#include "decide_view.h"

struct decide_family {
    /* Nobody objects any more, or no further round could change that. NULL: never. */
    bool (*unopposed)(const struct decide_view *view);
    /* Every completion of the missing ballots gives the same outcome. NULL: never known. */
    bool (*certain)(const struct decide_view *view);
    /* At the end of a phase that is not the last: does the decision close? NULL: no. */
    bool (*closes)(const struct decide_view *view);
    /* What the method demands of a phase besides its inputs and ballots: how much is missing; each
     * is added to `faults` unless that is NULL. NULL: nothing. */
    size_t (*missing)(const struct decide_view *view, size_t phase, struct faults *faults);
    /* Whether a well-formed input of the elector breaks a rule of the method: then its faults are
     * added. NULL: never. */
    void (*check)(const struct decide_view *view, const struct decide_elector *elector,
                  const char *type, const struct json *data, struct faults *faults);
    /* True if the elector's turn to give such an input comes later in this phase. NULL: never. */
    bool (*waits)(const struct decide_view *view, const struct decide_elector *elector,
                  const char *type);
    /* What must be true of the stakeholders when the decision opens. NULL: nothing. */
    void (*ready)(const struct decide_view *view, struct faults *faults);
    /* Members of the count report that stand in it whatever the outcome. NULL: none. */
    void (*always)(const struct decide_view *view, struct json_writer *w);
    /* At the end of a phase: the phase in which a new round begins, or -1. NULL: none. */
    int (*returns)(const struct decide_view *view);
    /* The outcome, and the family's members of the count report into the open map of `w`. */
    void (*count)(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w);
};

const struct decide_family *view_family(const struct decide_view *view);

extern const struct decide_family family_decider, family_consent, family_vote, family_raci,
    family_daci, family_rapid, family_spade, family_consensus, family_lazy, family_advice,
    family_election;

/* The index of the first phase that takes inputs of a type, or -1. */
int view_phase_of(const struct decide_view *view, const char *type);

/* The newest input of a type, or NULL. */
const struct decide_input *view_newest(const struct decide_view *view, const char *type);

/* The members of whom a phase's input of a type is asked: those who may give it and those who have
 * (who may have left since). NULL-terminated by their count. */
size_t view_askable(const struct decide_view *view, const char *type,
                    const struct decide_elector ***asked);

/* "key": [{"member": …, "phase": …, "data": …}, …] of all inputs of a type, by phase and member. */
void view_write_said(const struct decide_view *view, struct json_writer *w, const char *key,
                     const char *type);

/* "key": the data of an input with its member, or null. */
void view_write_input(struct json_writer *w, const char *key, const struct decide_input *input);

/* "key": [ids] of the members whom inputs of a type are addressed to; empty if there is none. */
void view_write_addressed(const struct decide_view *view, struct json_writer *w, const char *key,
                          const char *type);

/* The option of that key as the one winner; none if there is no such option. */
void view_win(const struct decide_view *view, const char *key, struct decide_result *result);

/* What the decider decided: the outcome, and the report's member `decision`. */
void decider_count(const struct decide_view *view, struct decide_result *result,
                   struct json_writer *w);

/* What those who approve say: adopted when all do, rejected when one does, else expired. */
enum decide_outcome view_verdict(const struct decide_view *view);

/* True if the elector must declare in this phase why nobody affected can be asked. */
bool advice_owes_declaration(const struct decide_view *view, size_t phase,
                             const struct decide_elector *elector);

/* The phase of that the stances are asked, where objections decide. */
size_t view_stance_phase(const struct decide_view *view);

/* True if the rule's overall time limit had passed when the decision closed. */
bool view_expired(const struct decide_view *view);

/* decide_count on facts carried forward. */
void view_count(const struct decide_view *view, struct decide_result *result, struct buf *report);

#endif
