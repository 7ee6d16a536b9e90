/* SPDX-License-Identifier: Apache-2.0 */
/* Delegation levels: FRAMEWORKS.md 3.13. The delegator is d; a and b are the team; x and y are
 * neither. */
#include "decide/delegation.h"
#include "decision.h"

static const char *const team[] = {"a", "b"};

/* "member role, member role" */
static void hold_all(struct decision *d, const char *holders)
{
    char *copy = arena_strdup(&d->arena, holders), *rest = copy, *pair;
    while ((pair = strsep(&rest, ",")) != NULL) {
        pair += *pair == ' ';
        const char *member = strsep(&pair, " ");
        hold(d, member, pair, 1);
    }
}

static const char *found(struct decision *d, int64_t level, size_t team_count)
{
    struct faults faults;
    struct delegation delegation = {level, "d", team, team_count};
    faults_init(&faults, &d->arena);
    bool fine = delegation_check(&d->facts, &delegation, &faults);
    EXPECT(fine == !faults.found);
    return fault_lines(&d->arena, &faults);
}

static void expect_found(int line, int64_t level, const char *framework, const char *overrides,
                         const char *holders, const char *expected)
{
    struct decision *d = draft(framework, overrides);
    hold_all(d, holders);
    const char *lines = found(d, level, 2);
    if (strcmp(lines, expected) != 0)
        printf("# line %d, level %d, %s\n", line, (int)level, framework);
    EXPECT_TEXT(lines, expected);
    discard(d);
}

#define FITS(level, framework, holders) expect_found(__LINE__, level, framework, NULL, holders, "")
#define FAILS(level, framework, holders, expected)                                                 \
    expect_found(__LINE__, level, framework, NULL, holders, expected)

#define OUTSIDER(member) "/stakeholders/" member " level_decider"
#define MISSING "/stakeholders level_decider_missing"
#define NO_REASON "/framework level_rationale"
#define NOT_ASKED "/framework level_input_first"
#define OUTVOTED "/framework level_agreement"

/* "1 tell, 2 sell, 3 consult → the delegator decides (2 needs a rationale, 3 needs input first) ·
 * 4 agree → both must agree · 5 advise → the team decides after advice or its deadline · 6 inquire
 * → the team decides and must answer within n days · 7 delegate → the team decides, no duty." */
TEST(level__means)
{
    static const struct {
        const char *name, *deciders;
        unsigned duties;
    } meanings[] = {
        {"tell", "delegator", 0},
        {"sell", "delegator", DUTY_RATIONALE},
        {"consult", "delegator", DUTY_INPUT_FIRST},
        {"agree", "both", 0},
        {"advise", "team", DUTY_ADVICE_FIRST},
        {"inquire", "team", DUTY_ANSWER},
        {"delegate", "team", 0},
    };
    EXPECT(sizeof meanings / sizeof *meanings == DELEGATION_LEVELS);
    for (size_t i = 0; i < DELEGATION_LEVELS; i++) {
        EXPECT_TEXT(delegation_levels[i].name, meanings[i].name);
        EXPECT_TEXT(delegation_deciders_text(delegation_levels[i].deciders), meanings[i].deciders);
        EXPECT(delegation_levels[i].duties == meanings[i].duties);
    }
    EXPECT_TEXT(delegation_duty_text(0), "rationale");
    EXPECT_TEXT(delegation_duty_text(1), "input_first");
    EXPECT_TEXT(delegation_duty_text(2), "advice_first");
    EXPECT_TEXT(delegation_duty_text(3), "answer");
}

/* With the framework that a level derives, and those in it whom the level means, the draft fits. */
TEST(level__the_framework_it_derives_fits)
{
    static const char *const holders[DELEGATION_LEVELS] = {
        "d decider, a informed",
        "d decider, a informed",
        "d decider, a consulted, b consulted",
        "a proposer, x facilitator, a members, b members, d members",
        "a decider, b affected, d expert",
        "a proposer, x facilitator, a members, b members",
        "a proposer, x facilitator, a members, b members",
    };
    for (int64_t level = 1; level <= DELEGATION_LEVELS; level++)
        FITS(level, delegation_levels[level - 1].framework, holders[level - 1]);
}

TEST(level__none_lets_everything_pass)
{
    struct decision *d = draft("majority", NULL);
    hold_all(d, "x proposer, y voters");
    EXPECT_TEXT(found(d, 0, 2), "");
    discard(d);
}

TEST(levels_1_to_3__only_the_delegator_decides)
{
    for (int64_t level = 1; level <= 3; level++) {
        const char *framework = level == 3 ? "consultative" : "single_decider";
        const char *asked = level == 3 ? ", x consulted" : "";
        struct decision *d = draft(framework, NULL);
        const char *holders = arena_printf(&d->arena, "a decider%s", asked);
        FAILS(level, framework, holders, OUTSIDER("a") "\n" MISSING);
        holders = arena_printf(&d->arena, "d decider, b decider%s", asked);
        FAILS(level, framework, holders, OUTSIDER("b"));
        discard(d);
    }
    FITS(1, "majority", "x proposer, d voters");
    FAILS(1, "majority", "x proposer, d voters, a voters", OUTSIDER("a"));
    FAILS(1, "daci", "a driver, b approver", OUTSIDER("b") "\n" MISSING);
    FITS(1, "daci", "a driver, d approver");
    FAILS(1, "spade", "d responsible, x consulted, a approver", OUTSIDER("a"));
    FITS(1, "rapid", "a recommend, d decide, b agree, x perform");
    FITS(1, "raci", "a responsible, d accountable");
}

TEST(level_2__the_outcome_says_why)
{
    FAILS(2, "majority", "x proposer, d voters", NO_REASON);
    FAILS(2, "consent", "a proposer, x facilitator, d members", NO_REASON);
    FAILS(2, "daci", "a driver, d approver", NO_REASON);
    FITS(2, "spade", "d responsible, x consulted");
    FITS(2, "consultative", "d decider, a consulted");
    FITS(2,
         "{\"key\": \"k\", \"name\": \"n\", \"roles\": [{\"key\": \"decider\", \"min\": 1}], "
         "\"phases\": "
         "[{\"key\": \"p\", \"inputs\": [{\"type\": \"decision\", \"by\": [\"decider\"], "
         "\"required\": true, "
         "\"reason\": true}], \"ends\": [\"decided\"]}], \"rule\": {\"method\": "
         "\"single_decider\"}}",
         "d decider");
    FAILS(2,
          "{\"key\": \"k\", \"name\": \"n\", \"roles\": [{\"key\": \"decider\", \"min\": 1}], "
          "\"phases\": "
          "[{\"key\": \"p\", \"inputs\": [{\"type\": \"decision\", \"by\": [\"decider\"], "
          "\"required\": true}], "
          "\"ends\": [\"decided\"]}], \"rule\": {\"method\": \"single_decider\"}}",
          "d decider", NO_REASON);
}

/* A single decider with a phase before: the opinion as `input` says, and the phase's `ends`. */
static const char *heard(struct arena *arena, const char *input, const char *ends)
{
    const char *duration = strstr(ends, "deadline") ? "\"P1D\"" : "null";
    const char *advance = strstr(ends, "advance") ? "\"decider\"" : "";
    return arena_printf(
        arena,
        "{\"key\": \"k\", \"name\": \"n\", \"roles\": [{\"key\": \"decider\", \"min\": 1}, "
        "{\"key\": \"asked\"}], \"phases\": [{\"key\": \"hear\", \"duration\": %s, \"inputs\": "
        "[{\"type\": \"opinion\", \"by\": [\"asked\"]%s}], \"advance\": [%s], \"ends\": [%s]}, "
        "{\"key\": \"decide\", \"inputs\": [{\"type\": \"decision\", \"by\": [\"decider\"], "
        "\"required\": true}], \"ends\": [\"decided\"]}], \"rule\": {\"method\": "
        "\"single_decider\"}}",
        duration, input, advance, ends);
}

TEST(level_3__others_are_asked_first)
{
    struct arena arena;
    arena_init(&arena);
    FAILS(3, "single_decider", "d decider, a informed", NOT_ASKED);
    FAILS(3, "consent", "a proposer, x facilitator, d members", NOT_ASKED);
    FITS(3, "advice", "d decider, a affected, b expert");
    FITS(3, "spade", "d responsible, x consulted"); /* their votes come before, and bind nobody */
    FAILS(3, "consultative", "d decider, d consulted", NOT_ASKED); /* nobody else */
    FITS(3, "rapid", "a recommend, d decide, x perform");
    const char *required = ", \"required\": true";
    FITS(3, heard(&arena, required, "\"advance\""), "d decider, x asked");
    FITS(3, heard(&arena, "", "\"deadline\""), "d decider, x asked");
    FAILS(3, heard(&arena, "", "\"advance\", \"deadline\""), "d decider, x asked", NOT_ASKED);
    FAILS(3, heard(&arena, required, "\"advance\""), "d decider", NOT_ASKED);
    arena_release(&arena);
}

TEST(level_4__both_decide_and_neither_can_be_outvoted)
{
    const char *agreed = "x proposer, y facilitator, d members, a members, b members";
    FITS(4, "consent", agreed);
    FITS(4, "consensus", "x proposer, d members, a members, b members");
    FAILS(4, "consent", "x proposer, y facilitator, a members, b members", MISSING);
    FAILS(4, "consent", "x proposer, y facilitator, d members, a members", MISSING);
    FAILS(4, "consent", "x proposer, y facilitator, d members, a members, b members, y members",
          OUTSIDER("y"));
    FAILS(4, "majority", "x proposer, d voters, a voters, b voters", OUTVOTED);
    FAILS(4, "lazy_consensus", "x proposer, d voters, a voters, b voters", OUTVOTED);
    expect_found(__LINE__, 4, "consensus", "{\"rule\": {\"max_blocks\": 1}}",
                 "x proposer, d members, a members, b members", OUTVOTED);
    FAILS(4, "single_decider", "d decider", MISSING "\n" MISSING "\n" OUTVOTED);
}

TEST(level_5__the_team_decides_after_advice)
{
    FAILS(5, "advice", "d decider, b affected, x expert", OUTSIDER("d") "\n" MISSING);
    FAILS(5, "single_decider", "a decider", NOT_ASKED);
    FITS(5, "consultative", "a decider, x consulted");
    FAILS(5, "consent", "a proposer, x facilitator, a members, b members", NOT_ASKED);
}

TEST(levels_6_and_7__the_team_decides)
{
    for (int64_t level = 6; level <= 7; level++) {
        FITS(level, "single_decider", "a decider, d informed");
        FITS(level, "majority", "x proposer, a voters"); /* not all of the team have to vote */
        FAILS(level, "majority", "x proposer, a voters, y voters", OUTSIDER("y"));
        FAILS(level, "single_decider", "d decider", OUTSIDER("d") "\n" MISSING);
        FAILS(level, "majority", "a proposer, d voters", OUTSIDER("d") "\n" MISSING);
        FAILS(level, "role_election", "d facilitator, x members", OUTSIDER("x") "\n" MISSING);
        FITS(level, "role_election", "d facilitator, a members, b members");
    }
}

TEST(level_5_to_7__a_team_without_members_decides_nothing)
{
    for (int64_t level = 5; level <= 7; level++) {
        struct decision *d = draft("advice", NULL);
        hold_all(d, "a decider, b affected, x expert");
        EXPECT_TEXT(found(d, level, 0), OUTSIDER("a") "\n" MISSING);
        discard(d);
    }
}
