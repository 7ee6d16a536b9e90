/* SPDX-License-Identifier: Apache-2.0 */
/* A decision that is only imagined: electorate, options, what people do and when go in; what would
 * happen comes out, found by the same functions (decide.h) that decide real ones. Pure. */
#ifndef COHELM_SIMULATION_H
#define COHELM_SIMULATION_H

#include "decide.h"
#include "proxy.h"

#define SIMULATION_ELECTORS_MAX 100
#define SIMULATION_OPTIONS_MAX 50
#define SIMULATION_STEPS_MAX 200

enum simulation_action {
    SIMULATE_INPUT,
    SIMULATE_BALLOT,
    SIMULATE_OPTION, /* puts one, or puts it in place of an earlier one of the same key */
    SIMULATE_ADVANCE,
    SIMULATE_CLOSE,
    SIMULATE_REVISE,
    SIMULATE_WITHDRAW,
    SIMULATE_LEAVE /* the organisation */
};

/* What somebody does. */
struct simulation_step {
    int64_t at; /* not before the step before it */
    enum simulation_action action;
    const char
        *member; /* NULL: somebody whom the organisation lets, for what is no input or ballot */
    const char *type; /* of an input */
    const struct json *data;
    int64_t subject; /* index of the step that gave the input which this one answers, or -1 */
    const struct json *ballot;
    struct decide_option option;
    int64_t revision; /* that was read, or 0: the current one */
};

struct simulation {
    struct arena *arena;
    struct arena *scratch; /* reset all the time; holds nothing before or afterwards */
    const struct framework *framework;
    const char *proposer;
    struct decide_elector *electors; /* changed on the way */
    size_t elector_count;
    struct decide_option *options; /* with room for one more by each step */
    size_t option_count;
    const struct proxy *proxies; /* they stand from the beginning on */
    size_t proxy_count;
    const struct simulation_step *steps;
    size_t step_count;
    int64_t starts_at, ends_at; /* ends_at is not before the last step */
    int64_t wanted_at;          /* as in decide_case */
};

/* A phase that took place; one that ended the moment it began shows nobody and nothing missing. */
struct simulated_phase {
    const char *key;
    int64_t round, revision, started_at;
    int64_t due_at;                 /* when it ends by itself, 0: never */
    struct decide_actions *actions; /* at its beginning, by elector; NULL: it ended at once */
    struct faults missing;          /* at its beginning: what keeps a person from moving on */
    int64_t ended_at;               /* 0: not yet */
    const char *ended_by;           /* cause, as in decide_event */
};

struct simulated {
    bool opened;
    struct faults obstacles;         /* why the draft can't be opened */
    bool *accepted;                  /* by step */
    struct decide_refusal *refusals; /* by step; those that were not accepted */
    struct decide_event *events;
    size_t event_count;
    struct simulated_phase *phases;
    size_t phase_count;
    struct decide_case last;        /* the facts at the end */
    struct decide_actions *actions; /* at the end, by elector */
    struct faults missing;
    struct decide_result result; /* once closed */
    const char *report;          /* JSON text, NULL while open */
    size_t report_len;
};

/* Lets it happen. What comes out lives in `simulation->arena`. */
void simulate(struct simulation *simulation, struct simulated *simulated);

#endif
