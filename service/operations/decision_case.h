/* SPDX-License-Identifier: Apache-2.0 */
/* A stored decision in the form that the decision engine takes, and back: what every operation on
 * one decision does around the call of a pure function of decide.h. Whoever changes a decision
 * holds the lock on its row from reading it to the end of the transaction, so all changes of one
 * decision happen one after the other. */
#ifndef COHELM_DECISION_CASE_H
#define COHELM_DECISION_CASE_H

#include "../call.h"
#include "../decide/decide.h"

struct decision_case {
    struct decide_case facts; /* of a draft with the framework as it was published */
    struct framework framework;
    const char *organisation_id;
    const char *id;
    const char *member_id;     /* the caller; NULL where there is none */
    bool granted;              /* the caller has the permission, by any role */
    bool by_office;            /* by one in the organisation or the team, see decision_lock.sql */
    struct json definition;    /* of a draft the published one, else the frozen one */
    struct json configuration; /* of the draft, with what its `secret` says */
    struct json electors;      /* lists of member id, roles, … as decision_load.sql gives them */
    int64_t fallback_version;  /* of a draft that is ready: see decision_ready; 0: none */
    bool waits;                /* see decision_take_ballot */
    bool asks;                 /* likewise */
    int64_t size;              /* as decision_size has found it, with those two: */
    bool is_draft;
    bool takes_part; /* the caller is a stakeholder */
    bool settled;    /* something that had happened by itself was stored just now */
};

/* What is stored beside a step; all may be NULL. */
struct decision_change {
    const struct json *definition; /* the frozen one, when the decision opens */
    const struct json *delegation; /* the level that applies to it, then too */
    const struct json *text;       /* {title?, text?, note?} of a new revision */
    const char *rationale;         /* of the outcome */
};

/* More stakeholders than that a request does not look at if it need not: what is long then is done
 * by a job or in the background. */
#define DECISION_LARGE 5000
/* No decision is opened with more. */
#define DECISION_ELECTORATE_MAX 100000
/* Nor with more than these where each step looks at all of it: where something else is said than
 * votes, and where secret ballots carry others or are of many kinds. */
#define DECISION_ELECTORATE_READ_MAX 10000
/* Nor with more stakeholders times options. */
#define DECISION_CELLS_MAX 2000000

/* Who may act: those with the operation's permission, or also those whom the framework lets. */
enum decision_right { BY_PERMISSION, BY_PERMISSION_OR_FRAMEWORK };

/* Locks the decision that the path names, reads it, and stores what has happened by itself. False:
 * 404, 403; 503 busy, as it is large, its time has come, and it is being settled in the background;
 * or the operation was queued as a job, see job.h. */
bool decision_take(struct call *call, enum decision_right right, struct decision_case *decision);

/* As decision_take BY_PERMISSION, for casting a ballot or taking one back. While the phase goes on
 * whatever the ballot says, `waits` is true, and of the electors only the caller and some others
 * are read: what a ballot costs does not grow with the electorate. Nothing has to be settled then,
 * before or after. In a large decision what a ballot ends may end a little later: then `asks` is
 * true, and who stores the ballot calls decision_ask instead of decision_settle. */
bool decision_take_ballot(struct call *call, struct decision_case *decision);

/* Has the decision settled in the background. */
bool decision_ask(struct call *call, const struct decision_case *decision);

/* How many stakeholders it has, a draft with those of its groups; counted up to one more than
 * `most`. */
bool decision_size(struct call *call, struct decision_case *decision, int64_t most);

/* Reads the decision that `organisation_id` and `id` name. */
bool decision_load(struct call *call, struct decision_case *decision);

/* As decision_load, to say what the member `member_id` may do and what is missing: of a large
 * decision in a vote, or closed, only what that needs. */
bool decision_look(struct call *call, struct decision_case *decision);

/* Stores a step, unless nothing has happened, and applies it. With the step that adopts it the
 * decision's changes of structure are made. */
bool decision_store(struct call *call, struct decision_case *decision,
                    const struct decide_step *step, const struct decision_change *change);

/* Proxies as decision_store.sql and ballot_store_secret.sql take them; NULL for none. */
const char *decision_proxies_text(struct arena *arena, const struct decide_proxy *proxies,
                                  size_t count);

/* After a change: reads the decision again and stores what follows from it by itself. */
bool decision_settle(struct call *call, struct decision_case *decision);

/* Whom the engine is to ask for a right by the framework: the caller, or NULL where an office gives
 * it. */
const char *decision_actor(const struct decision_case *decision);

/* Refuses the request; what was settled before stays settled. Always false. */
bool decision_refuse(struct call *call, const struct decision_case *decision,
                     const struct decide_refusal *refusal);

/* The decision as it is now, as it is answered with. */
bool decision_show(struct call *call, const struct decision_case *decision, struct rows *rows);

/* Answers with the decision as it is now. */
bool decision_answer(struct call *call, const struct decision_case *decision);

/* Likewise after a step that may end a vote; a request that only asks is answered with the decision
 * as it was `before`: what the step would come to, asked for after each ballot, would tell how each
 * was cast. */
bool decision_answer_step(struct call *call, const struct decision_case *decision,
                          struct rows *before);

#endif
