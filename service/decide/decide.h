/* SPDX-License-Identifier: Apache-2.0 */
/* The decision engine: from the stored facts of one decision and a time to what happens, who may do
 * what, and what comes out. Pure functions: no I/O, no clock, no allocation outside the arena; the
 * same facts give the same bytes. Times are microseconds since the epoch, 0 where there is none.
 *
 * Every function but decide_ready and decide_open first lets happen what has happened by itself up
 * to `now` (decide_settle), so a late caller gets the same answer as a punctual one; the step it
 * returns contains all of it. Nothing changes the case: apply a step with decide_apply, or store it
 * and read again. */
#ifndef COHELM_DECIDE_H
#define COHELM_DECIDE_H

#include "../arena.h"
#include "../buf.h"
#include "../json.h"
#include "../problem.h"
#include "framework.h"

enum decide_status { DECIDE_DRAFT, DECIDE_OPEN, DECIDE_CLOSED };

enum decide_outcome {
    OUTCOME_NONE,
    OUTCOME_ADOPTED,
    OUTCOME_REJECTED,
    OUTCOME_TIED,
    OUTCOME_NO_QUORUM,
    OUTCOME_BLOCKED,
    OUTCOME_WITHDRAWN,
    OUTCOME_EXPIRED,
    OUTCOME_ESCALATED
};

#define DECIDE_WEIGHT_MAX 1000000 /* as the document and the tables have it */

/* One member of the electorate as it was when the decision opened; each member stands once. */
struct decide_elector {
    const char *member; /* id */
    framework_roles roles;
    int64_t weight; /* from 1 to DECIDE_WEIGHT_MAX */
    bool notified;  /* was told that the decision waits */
    bool voted;     /* secret ballots: has cast on the current revision. Open ballots: ignored */
    const char *carried_by; /* secret ballots: who voted for them, or NULL; `voted` is true too */
    bool left;              /* can't act any more; stays in every denominator */
    int64_t left_at;        /* since when; 0: from the beginning */
    bool affected;          /* their stakeholder level says so */
};

struct decide_option {
    const char *key, *title;
    const char *member; /* who put it while the decision was open, or NULL */
    bool argued;        /* says what speaks for it and what against it */
};

/* Replacing an input is storing a new one with a new id; the older one is then ignored. */
struct decide_input {
    const char *id; /* UUIDv7: of two at the same time the greater is the newer */
    const char *member;
    const char *type;
    int64_t revision;
    const char *phase; /* key */
    int64_t round;
    const char *subject; /* id of the input it answers, or NULL */
    const struct json *data;
    int64_t at;
};

struct decide_ballot {
    const char *member;        /* NULL when secret */
    const struct json *ballot; /* as tally.h: {"choice": …}, {"approve": […]}, {"ranking": …} */
    int64_t weight;            /* of each; 0: the elector's */
    int64_t count;             /* how many alike; 0 or 1: one */
    int64_t revision;
};

struct decide_case {
    struct arena *arena;
    const struct framework *framework; /* of the frozen definition */
    enum decide_status status;         /* in_force and later are DECIDE_CLOSED */
    size_t phase;                      /* index */
    int64_t round;                     /* from 1 */
    int64_t revision;                  /* from 1 */
    bool withdrawn;                    /* closed by withdrawal */
    bool part; /* not all of it is given: nothing is to follow from it by itself */
    int64_t opened_at, phase_started_at, due_at, closed_at;
    int64_t wanted_at;  /* when the proposer wants it decided: ends the last phase in place of its
                           duration, unless that phase begins later; 0: none */
    int64_t changed_at; /* when the last input or ballot was stored; 0: not known */
    int64_t now;
    const char *proposer; /* member id, or NULL */
    const struct decide_elector *electors;
    size_t elector_count;
    const struct decide_option *options;
    size_t option_count;
    const struct decide_input *inputs; /* in any order, also those of history */
    size_t input_count;
    const struct decide_ballot *ballots; /* in any order; of open ones each member's current one */
    size_t ballot_count;
    const struct proxy *proxies; /* in any order; of a closed decision those that were kept */
    size_t proxy_count;
};

enum decide_event_kind { EVENT_OPENED, EVENT_PHASE_STARTED, EVENT_REVISED, EVENT_CLOSED };

struct decide_event {
    enum decide_event_kind kind;
    const char *cause; /* "opened", "advance", "deadline", "all_in", "decided", "certain",
                          "no_objection", "revised", "returned", "vetoed", "withdrawn", "expiry" */
    const char *phase; /* the phase that starts, or that the decision closed in */
    int64_t round, revision;
    int64_t at;
};

/* A proxy as it stood at the closing, kept so that a recount follows the same chains. */
struct decide_proxy {
    const char *truster, *trustee;
    const char *voter; /* who voted for the truster in the end; NULL: nobody, or the truster did */
    int64_t hops;      /* to the voter */
    int64_t since;
    const char *end; /* as proxy_end_text says it */
};

/* All phases once, and once more after the decision was sent back or a new round began: one begins
 * only after something was said in the one before. */
#define DECIDE_EVENTS_MAX (2 * FRAMEWORK_PHASES_MAX + 4)

/* The facts to store. Without events nothing has changed. */
struct decide_step {
    enum decide_status status;
    size_t phase;
    const char *phase_key;
    int64_t round, revision;
    bool withdrawn;
    int64_t opened_at, phase_started_at, due_at, closed_at;
    enum decide_outcome outcome; /* OUTCOME_NONE while open */
    const char *const *winners;  /* option keys */
    size_t winner_count;
    const char *report; /* JSON text, NULL while open */
    size_t report_len;
    const struct decide_proxy *proxies; /* of the closing */
    size_t proxy_count;
    struct decide_event events[DECIDE_EVENTS_MAX];
    size_t event_count;
};

/* Why somebody may not do something now. */
struct decide_refusal {
    enum problem_code code;
    const char *detail; /* one sentence */
    struct faults faults;
};

/* May the draft be opened? False: every obstacle was added, pointers /stakeholders, /options,
 * /configuration. For decision_not_ready. */
bool decide_ready(const struct decide_case *decision, struct faults *faults);

/* The first phase, begun at `now`. The draft is ready. */
void decide_open(const struct decide_case *decision, struct decide_step *step);

/* Everything that has happened by itself up to `now`: deadlines, all in, decided, certain, expiry.
 * A step at t1 applied and a step at t2 give what a step at t2 alone gives. */
void decide_settle(const struct decide_case *decision, struct decide_step *step);

/* Puts the facts of a step into the case. */
void decide_apply(struct decide_case *decision, const struct decide_step *step);

/* A person moves on, closes, revises, withdraws. `member` NULL: the caller has found the right
 * elsewhere (an organisation's permission), only the state is checked. A false answer carries
 * permission_denied, decision_state, or phase_incomplete with everything that is missing; `*step`
 * is then that of decide_settle. `phase` and `round` are the key and the round of the phase that is
 * to end, so that none is skipped when it has ended already; NULL, 0: whichever it is. Closing
 * (moving on from the last phase) what is closed, or withdrawing what is withdrawn, succeeds
 * without events. */
bool decide_advance(const struct decide_case *decision, const char *member, const char *phase,
                    int64_t round, struct decide_step *step, struct decide_refusal *refusal);
bool decide_close(const struct decide_case *decision, const char *member, struct decide_step *step,
                  struct decide_refusal *refusal);
bool decide_revise(const struct decide_case *decision, const char *member, struct decide_step *step,
                   struct decide_refusal *refusal);
bool decide_withdraw(const struct decide_case *decision, const char *member,
                     struct decide_step *step, struct decide_refusal *refusal);

/* Gives the ids of members that the data of an input names small letters, as members are compared
 * by text. To be done to what is sent, before it is checked and stored. */
void decide_lower_ids(struct arena *arena, const char *type, const struct json *data);

/* May this input be stored now, for the current phase, round and revision? `subject` is the id of
 * the input it answers, or NULL; `revision` is the one the member has read. Pointers: /type,
 * /subject, /data/…. Codes: decision_state, phase_closed, revision_outdated, permission_denied,
 * input_invalid. */
bool decide_check_input(const struct decide_case *decision, const char *member, const char *type,
                        const struct json *data, const char *subject, int64_t revision,
                        struct decide_refusal *refusal);

/* From whom an input of that type is hidden when it is given now, and the key of the phase in which
 * it then stands: one that is taken late stands in that of the review. */
enum input_hidden decide_hides(const struct decide_case *decision, const char *type);
const char *decide_input_phase(const struct decide_case *decision, const char *type);

/* May the member set the option of that key, or take it out? Of a draft always (whoever may change
 * it); of an open decision in a phase that takes options from the member's roles, if nobody else
 * put it. Codes: decision_state, permission_denied. */
bool decide_check_option(const struct decide_case *decision, const char *member, const char *key,
                         struct decide_refusal *refusal);

/* May this ballot be stored now? Codes as above, with ballot_invalid, and ballot_final for a second
 * secret one. Pointers: /ballot/…. */
bool decide_check_ballot(const struct decide_case *decision, const char *member,
                         const struct json *ballot, int64_t revision,
                         struct decide_refusal *refusal);

/* True if the current phase surely goes on whatever ballot the member casts or takes back now. The
 * case may be one of which only some electors are given, and no inputs, ballots or proxies: what is
 * said holds whoever else there is. False says nothing. With such a case, if this is true,
 * decide_check_ballot says what it would say with all of it. */
bool decide_waits(const struct decide_case *decision, const char *member);

/* True if a ballot could be checked by such a case even where it may end the phase, provided that
 * the case is marked as `part`: the phase is nothing but a vote, and its time has not come. */
bool decide_takes_alone(const struct decide_case *decision);

/* What a member may do now. */
struct decide_actions {
    bool vote, options, advance, close, revise, withdraw;
    const char *const *inputs; /* types that would be accepted from the member */
    size_t input_count;
    bool waiting; /* an input or a ballot is expected of the member and not there yet */
    int64_t due_at;
};

void decide_may(const struct decide_case *decision, const char *member,
                struct decide_actions *actions);

/* Secret ballots: those for whom the member would vote too, by casting a ballot now. It binds them:
 * who has voted for whom can't be found out at the close, so it is settled when the ballot is cast.
 */
size_t decide_carries(const struct decide_case *decision, const char *member,
                      const struct decide_proxy **carried);

/* Where the vote of a member would go. */
struct decide_chain {
    bool allowed;
    const char *const *members; /* whom they trust, whom that one trusts, …; with secret ballots the
                                   first only */
    size_t member_count;
    size_t loop_start, loop_count; /* of `members`: those who go round in a circle */
    const char *end;               /* as proxy_end_text says it; NULL where it is not to be told */
    const char *voter;             /* NULL: nobody, or not to be told */
    int64_t hops;
    int64_t carried; /* how many others the member's vote carries, or would carry if cast now */
    int64_t weight;  /* of it with them; 0 without the right to vote */
};

void decide_chain(const struct decide_case *decision, const char *member,
                  struct decide_chain *chain);

/* The outcome if the decision ended now, or the outcome of a closed one again. */
struct decide_result {
    enum decide_outcome outcome;
    const char *reason; /* of the family, e.g. "silence", "max_rounds"; or NULL */
    const char *const *winners;
    size_t winner_count;
    const struct decide_proxy *proxies;
    size_t proxy_count;
};

/* Computes the result and writes the count report. Of a closed decision it gives the bytes that
 * were stored when it closed. */
void decide_count(const struct decide_case *decision, struct decide_result *result,
                  struct buf *report);

/* Secret ballots: how many have cast shows only from this number on. */
#define DECIDE_SHOWN_FROM 3

/* How many have cast a ballot on the current revision. False: not to be shown. */
bool decide_participation(const struct decide_case *decision, int64_t *count);

const char *decide_status_text(enum decide_status status);
const char *decide_outcome_text(enum decide_outcome outcome); /* NULL for OUTCOME_NONE */
const char *decide_event_text(enum decide_event_kind kind);

#endif
