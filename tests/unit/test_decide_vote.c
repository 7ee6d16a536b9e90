/* SPDX-License-Identifier: Apache-2.0 */
/* Votes against a second implementation of the rules that is as plain as can be, and early closing
 * against all completions of the missing ballots. */
#include "decision.h"

#define VOTERS 4

/* ---- yes or no: FRAMEWORKS.md 3.6 ---- */

enum { MISSING, SAYS_YES, SAYS_NO, ABSTAINS, ANSWERS };
static const char *const says[] = {NULL, "yes", "no", "abstain"};

struct yes_no_rule {
    const char *overrides;
    int64_t quorum_n, quorum_d; /* d = 0: none */
    bool quorum_yes_no;
    int64_t minimum;
    bool absolute;
    int64_t n, d; /* d = 0: simple */
    bool inclusive;
    char base;   /* of a supermajority: y(es_no), c(ast), e(ligible) */
    int casting; /* 0 none, 1 yes, -1 no */
};

#define RULE(text) "{\"rule\": {\"early_close\": true, " text "}}"

static const struct yes_no_rule yes_no_rules[] = {
    {.overrides = RULE("\"tie_break\": \"none\"")},
    {.overrides = RULE("\"absolute\": true"), .absolute = true},
    {.overrides = RULE("\"threshold\": [1, 2], \"inclusive\": true"),
     .n = 1,
     .d = 2,
     .inclusive = true,
     .base = 'y'},
    {.overrides = RULE("\"threshold\": [2, 3]"), .n = 2, .d = 3, .base = 'y'},
    {.overrides = RULE("\"threshold\": [3, 5], \"base\": \"cast\", \"inclusive\": true"),
     .n = 3,
     .d = 5,
     .base = 'c',
     .inclusive = true},
    {.overrides = RULE("\"threshold\": [1, 2], \"base\": \"eligible\", \"inclusive\": true"),
     .n = 1,
     .d = 2,
     .base = 'e',
     .inclusive = true},
    {.overrides = RULE("\"threshold\": [1, 1], \"inclusive\": true"),
     .n = 1,
     .d = 1,
     .base = 'y',
     .inclusive = true},
    {.overrides = RULE("\"quorum\": [1, 2]"), .quorum_n = 1, .quorum_d = 2},
    {.overrides = RULE("\"quorum\": [2, 3], \"quorum_base\": \"yes_no\""),
     .quorum_n = 2,
     .quorum_d = 3,
     .quorum_yes_no = true},
    {.overrides = RULE("\"quorum\": [1, 2], \"threshold\": [2, 3], \"base\": \"cast\""),
     .quorum_n = 1,
     .quorum_d = 2,
     .n = 2,
     .d = 3,
     .base = 'c'},
    {.overrides = RULE("\"minimum\": 3"), .minimum = 3},
    {.overrides = RULE("\"minimum\": 100"), .minimum = 100},
    {.overrides = RULE("\"tie_break\": \"casting_vote\", \"casting_vote\": \"yes\""), .casting = 1},
    {.overrides = RULE("\"tie_break\": \"casting_vote\", \"casting_vote\": \"no\""), .casting = -1},
};

/* Section 3.6 word by word. */
static const char *yes_no_outcome(const struct yes_no_rule *rule, const int *answers,
                                  const int64_t *weights)
{
    int64_t sums[ANSWERS] = {0}, eligible = 0;
    for (int i = 0; i < VOTERS; i++) {
        sums[answers[i]] += weights[i];
        eligible += weights[i];
    }
    int64_t yes = sums[SAYS_YES], no = sums[SAYS_NO], cast = yes + no + sums[ABSTAINS];
    int64_t counted = rule->quorum_yes_no ? yes + no : cast;
    if (rule->quorum_d && counted * rule->quorum_d < rule->quorum_n * eligible)
        return "no_quorum";
    if (cast < rule->minimum)
        return "no_quorum";
    if (yes == no && yes && rule->casting)
        return rule->casting > 0 ? "adopted" : "rejected";
    if (!yes)
        return "rejected"; /* all abstain, or nobody voted */
    if (rule->absolute)
        return 2 * yes > eligible ? "adopted" : "rejected";
    if (!rule->d)
        return yes > no ? "adopted" : "rejected";
    int64_t base = rule->base == 'y' ? yes + no : rule->base == 'c' ? cast : eligible;
    bool reached =
        rule->inclusive ? yes * rule->d >= rule->n * base : yes * rule->d > rule->n * base;
    return reached ? "adopted" : "rejected";
}

/* The one outcome of all completions from voter `from` on, or NULL if there are several. */
static const char *yes_no_completions(const struct yes_no_rule *rule, int *answers,
                                      const int64_t *weights, int from)
{
    while (from < VOTERS && answers[from] != MISSING)
        from++;
    if (from == VOTERS)
        return yes_no_outcome(rule, answers, weights);
    /* not voting at all is a completion too, which the last round of the loop tries */
    const char *common = NULL;
    for (int answer = SAYS_YES; answer <= ANSWERS; answer++) {
        answers[from] = answer % ANSWERS;
        const char *outcome;
        if (answers[from] == MISSING) {
            outcome = yes_no_completions(rule, answers, weights, from + 1);
        } else {
            outcome = yes_no_completions(rule, answers, weights, from);
        }
        answers[from] = MISSING;
        if (!outcome || (common && strcmp(common, outcome) != 0))
            return NULL;
        common = outcome;
    }
    return common;
}

static const char *const voter_names[] = {"a", "b", "c", "d"};

static struct decision *yes_no_open(const struct yes_no_rule *rule, const int64_t *weights)
{
    struct decision *d = draft("majority", rule->overrides);
    hold(d, "p", "proposer", 1);
    for (int i = 0; i < VOTERS; i++)
        hold(d, voter_names[i], "voters", weights[i]);
    open_now(d);
    return d;
}

static void put_answers(struct decision *d, const int *answers, struct json *ballots)
{
    d->facts.ballot_count = 0;
    for (int i = 0; i < VOTERS; i++)
        if (answers[i] != MISSING)
            d->ballots[d->facts.ballot_count++] = (struct decide_ballot){
                .member = voter_names[i], .ballot = &ballots[answers[i]], .revision = 1};
}

static void try_yes_no(const struct yes_no_rule *rule, const int64_t *weights)
{
    struct decision *d = yes_no_open(rule, weights);
    struct json ballots[ANSWERS];
    for (int i = SAYS_YES; i < ANSWERS; i++)
        ballots[i] = json_of(&d->arena, arena_printf(&d->arena, "{\"choice\": \"%s\"}", says[i]));
    for (int n = 0; n < ANSWERS * ANSWERS * ANSWERS * ANSWERS; n++) {
        int answers[VOTERS] = {n % 4, n / 4 % 4, n / 16 % 4, n / 64};
        struct decide_step step;
        put_answers(d, answers, ballots);
        decide_settle(&d->facts, &step);
        size_t cast = d->facts.ballot_count;
        const char *certain = yes_no_completions(rule, answers, weights, 0);
        EXPECT((step.status == DECIDE_CLOSED) == (cast == VOTERS || certain));
        if (step.status == DECIDE_CLOSED) {
            EXPECT_TEXT(step.events[0].cause, cast == VOTERS ? "all_in" : "certain");
            EXPECT_TEXT(decide_outcome_text(step.outcome), certain);
        }
        struct decide_case late = d->facts;
        late.now += 7 * DAYS;
        decide_settle(&late, &step);
        EXPECT_TEXT(decide_outcome_text(step.outcome), yes_no_outcome(rule, answers, weights));
    }
    discard(d);
}

TEST(majority__agrees_with_the_rules_and_closes_early_exactly_when_certain)
{
    static const int64_t weights[][VOTERS] = {
        {1, 1, 1, 1}, {1, 2, 3, 4}, {5, 1, 1, 1}, {2, 2, 1, 1}};
    for (size_t i = 0; i < sizeof yes_no_rules / sizeof *yes_no_rules; i++)
        for (size_t j = 0; j < sizeof weights / sizeof *weights; j++)
            try_yes_no(&yes_no_rules[i], weights[j]);
}

TEST(majority__stays_open_without_early_close)
{
    struct decision *d = draft("majority", NULL);
    hold(d, "p", "proposer", 1);
    for (int i = 0; i < VOTERS; i++)
        hold(d, voter_names[i], "voters", 1);
    open_now(d);
    for (int i = 0; i < 3; i++)
        EXPECT(vote(d, voter_names[i], "{\"choice\": \"yes\"}"));
    EXPECT(d->facts.status == DECIDE_OPEN);
    discard(d);
}

TEST(majority__who_left_completes_nothing)
{
    struct decision *d = draft("majority", "{\"rule\": {\"early_close\": true}}");
    hold(d, "p", "proposer", 1);
    for (int i = 0; i < VOTERS; i++)
        hold(d, voter_names[i], "voters", 1);
    open_now(d);
    EXPECT(vote(d, "a", "{\"choice\": \"yes\"}") && vote(d, "b", "{\"choice\": \"yes\"}"));
    EXPECT(d->facts.status == DECIDE_OPEN); /* two no would reject */
    elector_of(d, "d")->left = true;
    settle(d);
    EXPECT_TEXT(d->events, " opened:vote certain:vote");
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

/* FRAMEWORKS.md section 5, and the sentences of 3.6. */
TEST(majority__worked_examples)
{
    static const struct {
        const char *rule;
        int yes, no, abstain;
        const char *outcome;
    } cases[] = {
        {"{\"rule\": {\"threshold\": [3, 5], \"inclusive\": true, \"base\": \"cast\"}}", 6, 4, 0,
         "adopted"},
        {"{\"rule\": {\"threshold\": [3, 5], \"base\": \"cast\"}}", 6, 4, 0, "rejected"},
        {"{\"rule\": {\"threshold\": [1, 2], \"inclusive\": true, \"base\": \"yes_no\"}}", 5, 5, 0,
         "adopted"},
        {"{}", 5, 5, 0, "rejected"},
        {"{}", 0, 0, 10, "rejected"},
        {"{}", 1, 0, 9, "adopted"},
    };
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decision *d = draft("majority", cases[i].rule);
        hold(d, "p", "proposer", 1);
        for (int j = 0; j < 10; j++)
            hold(d, names[j], "voters", 1);
        open_now(d);
        for (int j = 0; j < 10; j++)
            EXPECT(vote(d, names[j],
                        j < cases[i].yes                 ? "{\"choice\": \"yes\"}"
                        : j < cases[i].yes + cases[i].no ? "{\"choice\": \"no\"}"
                                                         : "{\"choice\": \"abstain\"}"));
        EXPECT_TEXT(outcome_of(d), cases[i].outcome);
        EXPECT(d->last.winner_count == 0); /* yes is no option */
        expect_any_order(d);
        discard(d);
    }
}

/* ---- approval: FRAMEWORKS.md 3.7 ---- */

#define OPTIONS 3
#define NOT_CAST -1

struct approval_rule {
    const char *overrides;
    int seats;
    int64_t floor_n, floor_d;   /* of the ballots that are not blank; d = 0: none */
    int64_t quorum_n, quorum_d; /* d = 0: none */
    bool single;                /* max_choices 1 */
};

static const struct approval_rule approval_rules[] = {
    {.overrides = RULE("\"seats\": 1"), .seats = 1},
    {.overrides = RULE("\"seats\": 2"), .seats = 2},
    {.overrides = RULE("\"floor\": [1, 2]"), .seats = 1, .floor_n = 1, .floor_d = 2},
    {.overrides = RULE("\"quorum\": [2, 3]"), .seats = 1, .quorum_n = 2, .quorum_d = 3},
    {.overrides = RULE("\"max_choices\": 1"), .seats = 1, .single = true},
    {.overrides = RULE("\"seats\": 2, \"floor\": [2, 3], \"quorum\": [1, 2]"),
     .seats = 2,
     .floor_n = 2,
     .floor_d = 3,
     .quorum_n = 1,
     .quorum_d = 2},
};

enum { NO_QUORUM = 1000, TIED = 2000 };

/* The set of winners as bits; TIED plus the sure and the tied ones; NO_QUORUM. An approval set is a
 * number whose bits are the options. */
static int approval_result(const struct approval_rule *rule, const int *sets,
                           const int64_t *weights)
{
    int64_t totals[OPTIONS] = {0}, eligible = 0, cast = 0, filled = 0;
    for (int i = 0; i < VOTERS - 1; i++) {
        eligible += weights[i];
        if (sets[i] == NOT_CAST)
            continue;
        cast += weights[i];
        filled += sets[i] ? weights[i] : 0;
        for (int o = 0; o < OPTIONS; o++)
            totals[o] += sets[i] & 1 << o ? weights[i] : 0;
    }
    if (rule->quorum_d && cast * rule->quorum_d < rule->quorum_n * eligible)
        return NO_QUORUM;
    if (!filled)
        return 0; /* rejected: all abstain */
    int winners = 0, tied = 0, seats = rule->seats;
    for (int o = 0; o < OPTIONS; o++) {
        int better = 0, equal = 0;
        if (rule->floor_d && totals[o] * rule->floor_d < rule->floor_n * filled)
            continue;
        for (int other = 0; other < OPTIONS; other++) {
            better += totals[other] > totals[o];
            equal += totals[other] == totals[o];
        }
        if (better + equal <= seats)
            winners |= 1 << o;
        else if (better < seats)
            tied |= 1 << o;
    }
    return tied ? TIED + (winners | tied) : winners;
}

static int approval_completions(const struct approval_rule *rule, int *sets, const int64_t *weights,
                                int from)
{
    while (from < VOTERS - 1 && sets[from] != NOT_CAST)
        from++;
    if (from == VOTERS - 1)
        return approval_result(rule, sets, weights);
    int common = approval_completions(rule, sets, weights, from + 1); /* does not vote */
    for (int set = 0; set < 1 << OPTIONS && common >= 0; set++) {
        if (rule->single && (set & (set - 1)))
            continue;
        sets[from] = set;
        if (approval_completions(rule, sets, weights, from + 1) != common)
            common = -1;
        sets[from] = NOT_CAST;
    }
    return common;
}

static int result_of(const struct decision *d, const struct decide_step *step)
{
    int winners = 0;
    for (size_t i = 0; i < step->winner_count; i++)
        for (int o = 0; o < OPTIONS; o++)
            winners |= strcmp(step->winners[i], d->options[o].key) == 0 ? 1 << o : 0;
    return step->outcome == OUTCOME_NO_QUORUM ? NO_QUORUM
           : step->outcome == OUTCOME_TIED    ? TIED + winners
                                              : winners;
}

static struct decision *approval_open(const struct approval_rule *rule, const int64_t *weights)
{
    struct decision *d = draft("approval", rule->overrides);
    for (int i = 0; i < VOTERS - 1; i++)
        hold(d, voter_names[i], "voters", weights[i]);
    offer(d, "A");
    offer(d, "B");
    offer(d, "C");
    open_now(d);
    return d;
}

static void try_approval(const struct approval_rule *rule, const int64_t *weights)
{
    struct decision *d = approval_open(rule, weights);
    struct json ballots[1 << OPTIONS];
    for (int set = 0; set < 1 << OPTIONS; set++)
        ballots[set] =
            json_of(&d->arena,
                    arena_printf(&d->arena, "{\"approve\": [%s%s%s%s%s]}", set & 1 ? "\"A\"" : "",
                                 (set & 3) == 3 ? "," : "", set & 2 ? "\"B\"" : "",
                                 (set & 4) && (set & 3) ? "," : "", set & 4 ? "\"C\"" : ""));
    for (int n = 0; n < 9 * 9 * 9; n++) {
        int sets[VOTERS - 1] = {n % 9 - 1, n / 9 % 9 - 1, n / 81 - 1};
        struct decide_step step;
        bool allowed = true;
        d->facts.ballot_count = 0;
        for (int i = 0; i < VOTERS - 1; i++) {
            if (sets[i] == NOT_CAST)
                continue;
            allowed = allowed && !(rule->single && (sets[i] & (sets[i] - 1)));
            d->ballots[d->facts.ballot_count++] = (struct decide_ballot){
                .member = voter_names[i], .ballot = &ballots[sets[i]], .revision = 1};
        }
        size_t cast = d->facts.ballot_count;
        if (!allowed)
            continue;
        int certain = approval_completions(rule, sets, weights, 0);
        decide_settle(&d->facts, &step);
        EXPECT((step.status == DECIDE_CLOSED) == (cast == VOTERS - 1 || certain >= 0));
        if (step.status == DECIDE_CLOSED)
            EXPECT(result_of(d, &step) == certain);
        struct decide_case late = d->facts;
        late.now += 7 * DAYS;
        decide_settle(&late, &step);
        EXPECT(result_of(d, &step) == approval_result(rule, sets, weights));
    }
    discard(d);
}

TEST(approval__agrees_with_the_rules_and_closes_early_exactly_when_certain)
{
    static const int64_t weights[][VOTERS - 1] = {{1, 1, 1}, {1, 2, 4}, {3, 1, 1}};
    for (size_t i = 0; i < sizeof approval_rules / sizeof *approval_rules; i++)
        for (size_t j = 0; j < sizeof weights / sizeof *weights; j++)
            try_approval(&approval_rules[i], weights[j]);
}

/* ---- rankings ---- */

/* Tideman's example of the reference: 45 voters in eight groups; Schulze gives E>A>C>B>D. */
TEST(schulze__worked_example_with_secret_ballots)
{
    static const struct {
        int count;
        const char *ranking;
    } groups[] = {{5, "ACBED"}, {5, "ADECB"}, {8, "BEDAC"}, {3, "CABED"},
                  {7, "CAEBD"}, {2, "CBADE"}, {7, "DCEBA"}, {8, "EBADC"}};
    static const char *const names[] = {"A", "B", "C", "D", "E"};
    struct decision *d = draft("schulze", "{\"rule\": {\"secret\": true}}");
    for (int i = 0; i < 45; i++)
        hold(d, arena_printf(&d->arena, "v%02d", i), "voters", 1);
    for (size_t i = 0; i < 5; i++)
        offer(d, names[i]);
    open_now(d);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const char *r = groups[i].ranking;
        d->ballots[d->facts.ballot_count++] = (struct decide_ballot){
            .ballot = json_new(&d->arena,
                               arena_printf(&d->arena,
                                            "{\"ranking\": [[\"%c\"],[\"%c\"],[\"%c\"],[\"%c\"],"
                                            "[\"%c\"]]}",
                                            r[0], r[1], r[2], r[3], r[4])),
            .weight = 1,
            .count = groups[i].count,
            .revision = 1};
    }
    for (size_t i = 0; i < 45; i++)
        d->electors[i].voted = true;
    settle(d);
    EXPECT_TEXT(d->events, " opened:vote all_in:vote");
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(d->last.winner_count == 1);
    EXPECT_TEXT(d->last.winners[0], "E");
    struct json report = json_of(&d->arena, d->last.report);
    struct buf ranking;
    buf_init(&ranking, &d->arena, 1000);
    json_write(&ranking, json_get(json_get(&report, "tally"), "ranking"));
    EXPECT_TEXT(buf_cstr(&ranking), "[[\"E\"],[\"A\"],[\"C\"],[\"B\"],[\"D\"]]");
    expect_any_order(d);
    discard(d);
}

TEST(decide_check_ballot__each_refusal_names_field_and_rule)
{
    static const struct {
        const char *ballot, *faults;
    } cases[] = {
        {"{\"ranking\": [[\"A\"], [\"A\"]]}", "/ballot/ranking/1/0 ranking_duplicate_option"},
        {"{\"ranking\": [[\"A\"], [\"Z\"]]}", "/ballot/ranking/1/0 ballot_unknown_option"},
        {"{\"ranking\": [[\"A\"], []]}", "/ballot/ranking/1 ranking_empty_group"},
        {"{\"choice\": \"yes\"}", NULL},
        {"{}", NULL},
        {"[]", NULL},
    };
    struct decision *d = draft("schulze", NULL);
    hold(d, "a", "voters", 1);
    offer(d, "A");
    offer(d, "B");
    open_now(d);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        EXPECT(!vote(d, "a", cases[i].ballot));
        EXPECT_TEXT(refused(d), "ballot_invalid");
        EXPECT(d->refusal.faults.count > 0);
        if (cases[i].faults)
            EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), cases[i].faults);
    }
    discard(d);
}

TEST(vote__ballots_of_strangers_do_not_count)
{
    struct decision *d = draft("majority", NULL);
    hold(d, "p", "proposer", 1);
    hold(d, "a", "voters", 1);
    hold(d, "b", "voters", 1);
    open_now(d);
    EXPECT(vote(d, "a", "{\"choice\": \"yes\"}"));
    struct json no = json_of(&d->arena, "{\"choice\": \"no\"}");
    d->ballots[d->facts.ballot_count++] =
        (struct decide_ballot){.member = "p", .ballot = &no, .revision = 1};
    d->ballots[d->facts.ballot_count++] =
        (struct decide_ballot){.member = "z", .ballot = &no, .revision = 1, .weight = 5};
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

/* ---- a part of the electorate ---- */

/* What decide_waits says of a part, all of it bears out: whatever the member then casts or takes
 * back, nothing happens. And it is said whenever somebody of the part is missing. */
static void try_parts(const char *rule, int64_t at)
{
    static const char *const choices[] = {"{\"choice\": \"yes\"}", "{\"choice\": \"no\"}"};
    for (unsigned cast = 0; cast < 1U << VOTERS; cast++)
        for (unsigned part = 0; part < 1U << VOTERS; part++) {
            struct decision *d = draft("majority", rule);
            hold(d, "p", "proposer", 1);
            for (int i = 0; i < VOTERS; i++)
                hold(d, voter_names[i], "voters", 1);
            open_now(d);
            for (int i = 1; i < VOTERS; i++) /* the member asked is voter 0 */
                if (cast & 1U << i)
                    EXPECT(vote(d, voter_names[i], choices[i % 2]));
            d->facts.now += at;
            struct decide_case some = d->facts;
            struct decide_elector electors[VOTERS + 1] = {*elector_of(d, voter_names[0])};
            bool missing = false;
            some.electors = electors;
            some.elector_count = 1;
            for (int i = 1; i < VOTERS; i++)
                if (part & 1U << i && !(cast & 1U << i)) {
                    electors[some.elector_count++] = *elector_of(d, voter_names[i]);
                    missing = true;
                }
            some.ballot_count = 0;
            bool waits = decide_waits(&some, voter_names[0]);
            EXPECT(!waits || missing);
            EXPECT(waits || !missing || at >= 7 * DAYS || strstr(rule, "early_close"));
            if (waits) {
                EXPECT(vote(d, voter_names[0], choices[0]));
                EXPECT(d->facts.status == DECIDE_OPEN);
                EXPECT_TEXT(d->events, " opened:vote");
            }
            discard(d);
        }
}

TEST(waits__is_true_of_all_when_it_is_of_a_part)
{
    try_parts("{}", HOUR);
    try_parts("{}", 7 * DAYS);
    try_parts("{\"rule\": {\"early_close\": true}}", HOUR);
}

/* Ten of the greatest weight, who give an option the greatest score: the last of them would pass
 * the cap of the count, and would be left out of it. */
TEST(weights__that_could_pass_the_caps_of_a_count_are_refused)
{
    static const struct {
        const char *method, *rule;
        int64_t weight;
        const char *fault;
    } cases[] = {
        {"score", "\"min\": 0, \"max\": 1000000000", 1000000, "/stakeholders votes_too_many"},
        {"score", "\"min\": -1000000000, \"max\": 0", 1000000, "/stakeholders votes_too_many"},
        {"score", "\"min\": 0, \"max\": 900719926", 1000000, "/stakeholders votes_too_many"},
        {"score", "\"min\": 0, \"max\": 900719926", 999999, ""},
        {"score", "\"min\": 0, \"max\": 900719925", 1000000, ""},
        {"dot", "\"exact\": false", 1000000, "/stakeholders votes_too_many"},
        {"dot", "\"exact\": false", 900000, ""},
        {"dot", "\"budget\": 100", 1000000, ""},
        {"dot", "\"cap\": 100", 1000000, ""},
        {"quadratic", "\"exact\": false", 1000000, "/stakeholders votes_too_many"},
        {"quadratic", "\"budget\": 9007199254740992", 1000000, ""},
        {"borda", "\"minimum\": 0", 1000000, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char definition[600];
        (void)snprintf(definition, sizeof definition,
                       "{\"key\": \"k\", \"name\": \"K\", \"roles\": [{\"key\": \"voters\"}], "
                       "\"phases\": [{\"key\": \"vote\", \"duration\": \"P7D\", \"ballots\": "
                       "[\"voters\"], \"ends\": [\"deadline\"]}], \"rule\": {\"method\": "
                       "\"%s\", %s}}",
                       cases[i].method, cases[i].rule);
        struct decision *d = draft(definition, NULL);
        struct faults faults;
        faults_init(&faults, &d->arena);
        offer(d, "x");
        offer(d, "y");
        for (int j = 0; j < 10; j++)
            hold(d, arena_printf(&d->arena, "v%d", j), "voters", cases[i].weight);
        EXPECT(decide_ready(&d->facts, &faults) == !*cases[i].fault);
        EXPECT_TEXT(fault_lines(&d->arena, &faults), cases[i].fault);
        discard(d);
    }
}
