/* SPDX-License-Identifier: Apache-2.0 */
/* SPADE (FRAMEWORKS.md 3.12), options that come while the decision is open, and definitions of
 * these that can not work. */
#include "decide/tally.h"
#include "decision.h"

#define SAYS(text) "{\"text\": \"" text "\"}"
#define WHY(option) "{\"choice\": \"" option "\", \"rationale\": \"It costs least.\"}"
#define CHOICE(option) "{\"choice\": \"" option "\"}"
#define APPROVE "{\"value\": \"approve\"}"
#define VETO "{\"value\": \"veto\", \"text\": \"Too risky.\"}"

static const char *phase_of(const struct decision *d)
{
    return d->framework.phases[d->facts.phase].key;
}

static bool move_on(struct decision *d, const char *member)
{
    struct decide_step step;
    d->facts.now += HOUR;
    if (!decide_advance(&d->facts, member, NULL, 0, &step, &d->refusal))
        return false;
    note_step(d, &step);
    return true;
}

static const char *refusal_of(struct decision *d)
{
    return fault_lines(&d->arena, &d->refusal.faults);
}

/* Puts an option if it is accepted. */
static bool put(struct decision *d, const char *member, const char *key, bool argued)
{
    if (!decide_check_option(&d->facts, member, key, &d->refusal))
        return false;
    size_t i = 0;
    while (i < d->facts.option_count && strcmp(d->options[i].key, key) != 0)
        i++;
    d->options[i] =
        (struct decide_option){.key = key, .title = key, .member = member, .argued = argued};
    d->facts.option_count += i == d->facts.option_count;
    return true;
}

static const struct json *report_of(struct decision *d, const char *key)
{
    return json_get(json_new(&d->arena, d->last.report), key);
}

/* In the phase of alternatives: responsible r, approver a (unless there is none), consulted c, d
 * and e. */
static struct decision *spade_open(const char *overrides, bool approver)
{
    struct decision *d = draft("spade", overrides);
    hold(d, "r", "responsible", 1);
    if (approver)
        hold(d, "a", "approver", 1);
    hold(d, "c", "consulted", 1);
    hold(d, "d", "consulted", 1);
    hold(d, "e", "consulted", 1);
    open_now(d);
    EXPECT(give(d, "r", "statement", SAYS("What, when and why."), NULL));
    EXPECT(give(d, "r", "statement", SAYS("Who is asked."), NULL));
    EXPECT_TEXT(phase_of(d), "alternatives");
    return d;
}

/* To the phase in which the responsible decides. */
static void vote_all(struct decision *d)
{
    EXPECT(put(d, "r", "A", true));
    EXPECT(put(d, "c", "B", true));
    EXPECT(move_on(d, "r"));
    EXPECT(vote(d, "c", CHOICE("B")));
    EXPECT(vote(d, "d", CHOICE("B")));
    EXPECT_TEXT(phase_of(d), "vote");
    EXPECT(vote(d, "e", CHOICE("A")));
    EXPECT_TEXT(phase_of(d), "decide");
}

TEST(spade__two_alternatives_each_with_pros_and_cons)
{
    struct decision *d = spade_open(NULL, true);
    EXPECT(put(d, "r", "A", true));
    EXPECT(!move_on(d, "r"));
    EXPECT_TEXT(refusal_of(d), "/options options_too_few");
    EXPECT(put(d, "c", "B", false));
    EXPECT(!move_on(d, "r"));
    EXPECT_TEXT(refusal_of(d), "/options/B option_not_argued\n/options options_too_few");
    EXPECT(!put(d, "r", "B", true));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(!put(d, "a", "C", true)); /* the approver puts none */
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(put(d, "c", "B", true));
    EXPECT(!move_on(d, "c"));
    EXPECT(move_on(d, "r"));
    EXPECT_TEXT(phase_of(d), "vote");
    EXPECT(!put(d, "r", "C", true));
    EXPECT_TEXT(refused(d), "decision_state");
    discard(d);
}

TEST(spade__votes_do_not_bind_and_the_responsible_says_why)
{
    struct decision *d = spade_open(NULL, true);
    vote_all(d);
    EXPECT(!vote(d, "c", CHOICE("A")));
    EXPECT(!give(d, "r", "decision", CHOICE("A"), NULL));
    EXPECT_TEXT(refusal_of(d), "/data/rationale reason_required");
    EXPECT(!give(d, "c", "decision", WHY("B"), NULL));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(give(d, "r", "decision", WHY("A"), NULL));
    EXPECT_TEXT(phase_of(d), "veto");
    EXPECT(give(d, "a", "verdict", APPROVE, NULL));
    EXPECT_TEXT(phase_of(d), "explain");
    EXPECT(give(d, "r", "statement", SAYS("We take A although B is liked."), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(d->last.winners[0], "A");
    const struct json *scores = json_get(json_get(report_of(d, "votes"), "report"), "scores");
    EXPECT(json_get_int(scores, "A", -1) == 1 && json_get_int(scores, "B", -1) == 2);
    EXPECT_TEXT(json_get_text(json_get(report_of(d, "explanation"), "data"), "text"),
                "We take A although B is liked.");
    expect_any_order(d);
    discard(d);
}

TEST(spade__few_votes_do_not_show)
{
    struct decision *d = spade_open(NULL, false);
    EXPECT(put(d, "r", "A", true));
    EXPECT(put(d, "c", "B", true));
    EXPECT(move_on(d, "r"));
    EXPECT(vote(d, "c", CHOICE("B")));
    EXPECT(vote(d, "d", CHOICE("B")));
    settle_at(d, d->facts.now + 3 * DAYS);
    EXPECT(give(d, "r", "decision", WHY("B"), NULL));
    EXPECT_TEXT(phase_of(d), "explain"); /* nobody could veto */
    EXPECT(give(d, "r", "statement", SAYS("B."), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(report_of(d, "votes")->type == JSON_NULL_VALUE);
    expect_recount(d);
    discard(d);
}

TEST(spade__a_veto_goes_back_to_alternatives_at_most_max_vetoes_times)
{
    struct decision *d = spade_open("{\"rule\": {\"max_vetoes\": 1}}", true);
    vote_all(d);
    EXPECT(give(d, "r", "decision", WHY("A"), NULL));
    EXPECT(!give(d, "a", "verdict", "{\"value\": \"veto\"}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/text reason_required");
    EXPECT(!give(d, "a", "verdict", "{\"value\": \"return\", \"text\": \"x\"}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/value enum");
    EXPECT(give(d, "a", "verdict", VETO, NULL));
    EXPECT_TEXT(phase_of(d), "alternatives");
    EXPECT(d->facts.round == 2 && d->facts.revision == 2);
    EXPECT(strstr(d->events, " vetoed:alternatives"));
    for (size_t i = 0; i < d->facts.elector_count; i++)
        d->electors[i].voted = false; /* nobody has on the new revision */
    vote_all(d);
    EXPECT(give(d, "r", "decision", WHY("B"), NULL));
    EXPECT(!give(d, "a", "verdict", VETO, NULL));
    EXPECT_TEXT(refusal_of(d), "/data/value rounds_exhausted");
    settle_at(d, d->facts.now + 3 * DAYS); /* the window passes */
    EXPECT_TEXT(phase_of(d), "explain");
    EXPECT(give(d, "r", "statement", SAYS("B then."), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(d->last.winners[0], "B");
    EXPECT(report_of(d, "vetoes")->integer == 1);
    expect_recount(d);
    discard(d);
}

TEST(spade__without_a_decision_it_expires)
{
    struct decision *d = spade_open(NULL, true);
    vote_all(d);
    settle_at(d, NOON + 90 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    expect_recount(d);
    discard(d);
}

/* ---- options in an open phase, before any vote ---- */

#define COLLECTED(rule)                                                                            \
    "{\"key\": \"c\", \"name\": \"C\", \"roles\": [{\"key\": \"voters\", \"min\": 1}, "            \
    "{\"key\": \"chair\"}], \"phases\": [{\"key\": \"collect\", \"duration\": \"P2D\", "           \
    "\"options\": [\"voters\"], \"advance\": [\"chair\"], \"ends\": [\"advance\", "                \
    "\"deadline\"]}, "                                                                             \
    "{\"key\": \"vote\", \"duration\": \"P2D\", \"ballots\": [\"voters\"], \"ends\": "             \
    "[\"deadline\", \"all_in\"]}], \"rule\": {" rule "}}"

static struct decision *collecting(const char *framework)
{
    struct decision *d = draft(framework, NULL);
    hold(d, "a", "voters", 1);
    hold(d, "b", "voters", 1);
    hold(d, "h", "chair", 1);
    open_now(d);
    return d;
}

TEST(options__come_from_participants_before_the_vote)
{
    struct decision *d = collecting(COLLECTED("\"method\": \"borda\""));
    struct decide_actions actions;
    decide_may(&d->facts, "a", &actions);
    EXPECT(actions.options);
    decide_may(&d->facts, "h", &actions);
    EXPECT(!actions.options && !actions.advance);
    EXPECT(put(d, "a", "A", false));
    EXPECT(!move_on(d, "h"));
    EXPECT_TEXT(refusal_of(d), "/options options_too_few");
    EXPECT(put(d, "b", "B", false));
    EXPECT(!put(d, "b", "A", false));
    EXPECT(!put(d, "h", "C", false));
    EXPECT(!put(d, "z", "C", false));
    EXPECT(move_on(d, "h"));
    EXPECT(!put(d, "a", "C", false));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(vote(d, "a", "{\"ranking\": [[\"A\"], [\"B\"]]}"));
    EXPECT(vote(d, "b", "{\"ranking\": [[\"A\"]]}"));
    EXPECT_TEXT(outcome_of(d), "adopted");
    expect_recount(d);
    discard(d);
}

TEST(options__too_few_of_them_at_the_deadline)
{
    struct decision *d = collecting(COLLECTED("\"method\": \"stv\", \"seats\": 3"));
    EXPECT(put(d, "a", "A", false));
    EXPECT(put(d, "b", "B", false));
    expect_same_when_late(d, HOUR, 3);
    settle_at(d, NOON + 2 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    EXPECT_TEXT(report_of(d, "reason")->text.data, "options_missing");
    expect_recount(d);
    discard(d);
}

TEST(options__that_parameters_name_must_be_there)
{
    struct decision *d = draft(COLLECTED("\"method\": \"schulze\", \"status_quo\": \"now\""), NULL);
    struct faults faults;
    hold(d, "a", "voters", 1);
    faults_init(&faults, &d->arena);
    EXPECT(!decide_ready(&d->facts, &faults));
    EXPECT_TEXT(fault_lines(&d->arena, &faults), "/configuration/rule/status_quo unknown_option");
    faults_init(&faults, &d->arena);
    offer(d, "now");
    EXPECT(decide_ready(&d->facts, &faults));
    discard(d);
}

/* ---- all of them ---- */

TEST(responsible__definitions_that_can_not_work)
{
#define HEAD                                                                                       \
    "{\"key\": \"x\", \"name\": \"X\", \"roles\": [{\"key\": \"a\", \"min\": 1}], \"phases\": ["
#define VOTES                                                                                      \
    "{\"key\": \"v\", \"duration\": \"P1D\", \"ballots\": [\"a\"], \"ends\": [\"deadline\"]"
    static const struct {
        const char *definition, *faults;
    } cases[] = {
        {HEAD "{\"key\": \"p\", \"inputs\": [{\"type\": \"verdict\", \"by\": [\"a\"]}], "
              "\"advance\": [\"a\"], \"ends\": [\"advance\"]}], \"rule\": {\"method\": \"daci\"}}",
         "/phases/0/back required"},
        {HEAD "{\"key\": \"p\", \"inputs\": [{\"type\": \"verdict\", \"by\": [\"a\"], \"values\": "
              "[\"approve\", \"perhaps\"]}], \"back\": \"p\", \"advance\": [\"a\"], \"ends\": "
              "[\"advance\"]}], \"rule\": {\"method\": \"daci\"}}",
         "/phases/0/inputs/0/values/1 enum\n/phases/0/back condition_impossible"},
        {HEAD
         "{\"key\": \"p\", \"inputs\": [{\"type\": \"statement\", \"by\": [\"a\"], \"values\": "
         "[\"approve\"]}], \"advance\": [\"a\"], \"ends\": [\"advance\"]}], "
         "\"rule\": {\"method\": \"raci\", \"separate_roles\": [[\"a\", \"z\"], [\"a\"]]}}",
         "/phases/0/inputs/0/values unknown_member\n/rule/separate_roles/0/1 unknown_role\n"
         "/rule/separate_roles/1 type\n/phases required\n/phases required"},
        {HEAD "{\"key\": \"p\", \"inputs\": [{\"type\": \"matrix\", \"by\": [\"a\"]}], "
              "\"options\": [\"a\"], \"advance\": [\"a\"], \"ends\": [\"advance\"]}], "
              "\"rule\": {\"method\": \"raci\", \"max_rounds\": 1}}",
         "/rule/max_rounds unknown_member\n/phases/0/options options_not_allowed\n"
         "/phases required"},
        {HEAD "{\"key\": \"p\", \"inputs\": [{\"type\": \"decision\", \"by\": [\"a\"]}], "
              "\"ballots\": [\"a\"], \"advance\": [\"a\"], \"ends\": [\"advance\"]}], "
              "\"rule\": {\"method\": \"spade\", \"votes\": \"majority\"}}",
         "/rule/votes enum\n/rule/secret condition_impossible"},
        {HEAD "{\"key\": \"p\", \"inputs\": [{\"type\": \"verdict\", \"by\": [\"a\"], \"values\": "
              "[\"approve\"], \"hidden\": \"always\"}, {\"type\": \"matrix\", \"by\": [\"a\"], "
              "\"hidden\": \"phase\"}, {\"type\": \"opinion\", \"by\": [\"a\"], \"hidden\": "
              "\"always\"}], \"advance\": [\"a\"], \"ends\": [\"advance\"]}], "
              "\"rule\": {\"method\": \"raci\"}}",
         "/phases/0/inputs/0/hidden condition_impossible\n"
         "/phases/0/inputs/2/hidden condition_impossible"},
        {HEAD VOTES ", \"options\": [\"a\"]}], \"rule\": {\"method\": \"irv\"}}",
         "/phases/0/options condition_impossible"},
        {HEAD VOTES "}, {\"key\": \"w\", \"options\": [\"a\"], \"advance\": [\"a\"], \"ends\": "
                    "[\"advance\"]}], \"rule\": {\"method\": \"irv\"}}",
         "/phases/1/options condition_impossible"},
        {HEAD "{\"key\": \"w\", \"options\": [\"a\", \"b\"], \"ends\": [\"all_in\"]}, " VOTES
              "}], \"rule\": {\"method\": \"majority\"}}",
         "/phases/0/options/1 unknown_role\n/phases/0/ends condition_impossible\n"
         "/phases/0/ends condition_impossible\n/phases/0/ends phase_without_end\n"
         "/phases/0/options options_not_allowed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        struct framework framework;
        struct faults faults;
        arena_init(&arena);
        faults_init(&faults, &arena);
        struct json definition = json_of(&arena, cases[i].definition);
        EXPECT(!framework_read(&arena, &definition, &framework, &faults));
        EXPECT_TEXT(fault_lines(&arena, &faults), cases[i].faults);
        arena_release(&arena);
    }
}

/* Else somebody could put so many that there is no vote: see tally_init. */
TEST(options__no_more_than_can_be_voted_on)
{
    static struct decide_option options[TALLY_OPTIONS_MAX];
    struct decision *d = spade_open(NULL, true);
    for (size_t i = 0; i < TALLY_OPTIONS_MAX; i++) {
        const char *key = arena_printf(&d->arena, "o%zu", i);
        EXPECT(decide_check_option(&d->facts, "c", key, &d->refusal));
        options[i] =
            (struct decide_option){.key = key, .title = key, .member = "c", .argued = true};
        d->facts.options = options;
        d->facts.option_count = i + 1;
    }
    EXPECT(!decide_check_option(&d->facts, "c", "more", &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(decide_check_option(&d->facts, "c", "o7", &d->refusal));
    EXPECT(move_on(d, "r"));
    EXPECT(vote(d, "c", CHOICE("o7")));
    discard(d);
}
