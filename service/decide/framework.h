/* SPDX-License-Identifier: Apache-2.0 */
/* A decision framework as data: who takes part, in which phases, with which inputs, when a phase
 * ends, and by which method the outcome is found. Reads definitions, finds every fault in them, and
 * applies a decision's configuration. Pure; all memory comes from the arena.
 *
 * A definition (JSON):
 *   key, name, purpose  texts
 *   roles      [{key, min, max|null, may: ["revise" | "withdraw"],
 *                tag: "affected" | "expert"}]
 *   phases     [{key, duration: ISO 8601|null,
 *                inputs: [{type, by: [roles], required, reason, on, hidden, late, values: [words],
 *                          to: [roles]}], ballots: [roles], options: [roles], advance: [roles],
 *                revise: phase key, back: phase key, ends: [conditions]}]
 *   rule       {method, …parameters of the method}, see below of `fallback`
 *   review     ISO 8601|null
 * Only `key`, `name`, `roles`, `phases` (with `key` and `ends`) and `rule.method` are required.
 *
 *   required   every member of `by` must give it before a person may move on and for `all_in`; of
 *              an input that answers another (`on`): each of those must have one
 *
 *   reason     its `text` may not be empty
 *
 *   on         the type of input that it answers; such an input names its `subject`
 *
 *   hidden     "phase": others than who gave it see it only when the phase is over; "always": never
 *
 *   late       also taken after its phase, and after the decision: it counts no more and is kept
 * for the review
 *
 *   values     those of the type's words that it may say here; default all
 *
 *   to         who is told by it, or may be named in it; not demanded where nobody holds one of
 *              these roles
 *
 *   options    who may put options in this phase, before any vote
 *
 *   revise     the text may be revised in this phase, and goes on in the phase named
 *
 *   back       where a new round begins: after a verdict of return or veto, as a new revision; or
 *              when the phase ends without result, as the method says: then what was said in the
 *              phase named and in those after it counts no more
 *
 *   tag        why holders are asked for advice, see the quotas of the method advice
 *
 *   fallback   of the rule: by which framework the question is decided that escalates by this one;
 * its key, or {framework: key, version, configuration} (the latest version, and nothing configured,
 * where they are left out)
 *
 *   ends       advance (a person of `advance` moves on), deadline, all_in (all required inputs, all
 *              ballots and what else the method demands), decided (the deciding input is there),
 *              certain (see rule.early_close), no_objection (nobody objects any more), quota (a
 * person of `advance` moves on as soon as the method's quotas are met) */
#ifndef COHELM_FRAMEWORK_H
#define COHELM_FRAMEWORK_H

#include "../arena.h"
#include "../json.h"
#include "../problem.h"
#include "duration.h"
#include "proxy.h"

#define FRAMEWORK_ROLES_MAX 16
#define FRAMEWORK_PHASES_MAX 16

/* In place of a phase: where inputs stand that came too late to count. No phase has this key. */
#define DECIDE_REVIEW_PHASE "review"

/* A set of roles: bit i stands for `roles[i]` of the framework. */
typedef uint32_t framework_roles;

enum framework_end {
    END_ADVANCE = 1 << 0,
    END_DEADLINE = 1 << 1,
    END_ALL_IN = 1 << 2,
    END_DECIDED = 1 << 3,
    END_CERTAIN = 1 << 4,
    END_NO_OBJECTION = 1 << 5,
    END_QUOTA = 1 << 6
};

enum framework_action { MAY_REVISE = 1 << 0, MAY_WITHDRAW = 1 << 1 };

/* How an outcome is found; each is one file decide_<family>.c. */
enum framework_family {
    FAMILY_DECIDER,
    FAMILY_CONSENT,
    FAMILY_VOTE,
    FAMILY_RACI,
    FAMILY_DACI,
    FAMILY_RAPID,
    FAMILY_SPADE,
    FAMILY_CONSENSUS,
    FAMILY_LAZY,
    FAMILY_ADVICE,
    FAMILY_ELECTION
};

/* From whom else than its author an input is hidden. */
enum input_hidden { HIDDEN_NEVER, HIDDEN_PHASE, HIDDEN_ALWAYS };

enum framework_tag { TAG_NONE, TAG_AFFECTED, TAG_EXPERT };

struct framework_role {
    const char *key;
    int64_t min;
    int64_t max;  /* -1: any number */
    unsigned may; /* enum framework_action */
    enum framework_tag tag;
};

struct framework_input {
    const char *type; /* see decide_input.h */
    framework_roles by;
    bool required;
    bool reason;
    const char *on; /* type of the input it answers, or NULL */
    enum input_hidden hidden;
    bool late;
    unsigned values;    /* of the words of input_words, by bit; 0: all */
    framework_roles to; /* 0: nobody in particular */
};

struct framework_phase {
    const char *key;
    bool limited; /* has a duration */
    struct duration duration;
    struct framework_input *inputs;
    size_t input_count;
    framework_roles ballots;
    framework_roles advance;
    framework_roles options; /* who may put options */
    int revise;              /* index of the phase where a new revision goes on, or -1 */
    int back;                /* index of the phase where a new round begins, or -1 */
    unsigned ends;           /* enum framework_end */
};

enum objection_test { OBJECTION_NONE, OBJECTION_S3, OBJECTION_HOLACRACY };

/* What opens when a decision escalates. */
struct framework_fallback {
    const char *framework;            /* key, or NULL: nothing does */
    int64_t version;                  /* 0: the latest */
    const struct json *configuration; /* of that decision, or NULL */
};

struct framework_rule {
    const char *method; /* "majority" */
    const char *counts; /* the method of tally.h by which ballots are counted, or NULL */
    enum framework_family family;
    const struct json *parameters; /* the rule as it stands in the definition */
    bool early_close;              /* default false */
    bool secret;                   /* ballots are detached from voters; default false */
    bool proposer_votes;           /* default true */
    bool silence_consents;         /* silence: "consent"; default "none" */
    struct proxy_rule proxy;       /* of a vote; default: not allowed */
    bool free_choice;              /* a decider may decide on something that is no option */
    enum objection_test objection_test;
    int64_t max_rounds;                /* 0: no limit */
    int64_t max_returns;               /* also vetoes; -1: no limit */
    int64_t options_min;               /* before the first ballot or decision */
    bool pros_and_cons;                /* of each option that counts for options_min */
    const struct json *separate_roles; /* pairs that one member may not hold together, or NULL */
    int64_t max_blocks;
    int64_t block_supporters; /* that a block needs besides its author */
    bool has_stand_aside_cap;
    int64_t stand_aside_cap[2]; /* [n, d]: at most this share of the cast stands aside */
    int64_t min_plus_ones;
    struct duration term;  /* of an election */
    const char *incumbent; /* id of the member who holds the role now, or NULL */
    const char *seed;      /* of the lot that breaks a tie of an election, or NULL: none does */
    int64_t min_affected, min_expert; /* advisers of whom advice must be there */
    struct framework_fallback fallback;
    bool expires;
    struct duration expiry; /* from the opening */
};

struct framework {
    const char *key, *name, *purpose;
    struct framework_role *roles;
    size_t role_count;
    struct framework_phase *phases;
    size_t phase_count;
    size_t repeated; /* the first phase that a new round may repeat; phase_count: none */
    struct framework_rule rule;
    bool reviewed;
    struct duration review;
};

/* Reads a definition into `*framework`, which refers into `definition` and `arena`. False: every
 * fault was added, with pointers into the definition; `*framework` is not to be used. */
bool framework_read(struct arena *arena, const struct json *definition, struct framework *framework,
                    struct faults *faults);

/* Adds the faults of a framework that was read by which something would be said or cast and not be
 * counted, or nothing could ever be adopted. None may be defined or opened with one; apart from
 * framework_read, as decisions that are open by one, and their records, are read all the same. */
void framework_check_counted(const struct framework *framework, struct faults *faults);

/* Adds a fault where the fallback of a framework that was read can never open. Apart from
 * framework_read, which such a framework passes: it works, and some are in use. */
void framework_check_fallback(const struct framework *framework, struct faults *faults);

/* Applies a decision's configuration to a definition:
 *   {"rule": {parameter: value, or null to drop it}, "phases": {key: {"duration": …|null}},
 *    "review": …}
 * `overrides` may be NULL. `*frozen` is the definition to store with the decision; it passes
 * framework_read and framework_check_counted, and framework_check_fallback where the definition
 * does. False: every fault was added; those of `overrides` itself point into it, those that appear
 * only in the result point into the resulting definition. */
bool framework_configure(struct arena *arena, const struct json *definition,
                         const struct json *overrides, struct json *frozen, struct faults *faults);

/* Index of the role or phase of that key, or -1. */
int framework_role_find(const struct framework *framework, const char *key);
int framework_phase_find(const struct framework *framework, const char *key);

/* What the phase takes of that type, or NULL. */
const struct framework_input *framework_input_find(const struct framework_phase *phase,
                                                   const char *type);

#endif
