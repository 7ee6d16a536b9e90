/* SPDX-License-Identifier: Apache-2.0 */
/* Role election: FRAMEWORKS.md 3.3. */
#include "decision.h"

#define WHY "{\"text\": \"They listen.\"}"
#define RISK "{\"kind\": \"risk\", \"text\": \"They leave in May.\"}"

static const char *const everybody[] = {"a", "b", "c", "d", "e"};

/* Facilitator f; members a to e. */
static struct decision *electing(const char *rule)
{
    char overrides[300];
    (void)snprintf(overrides, sizeof overrides, "{\"rule\": %s}", rule);
    struct decision *d = draft("role_election", overrides);
    hold(d, "f", "facilitator", 1);
    for (size_t i = 0; i < 5; i++)
        hold(d, everybody[i], "members", 1);
    open_now(d);
    d->events[0] = '\0';
    return d;
}

static bool nominate(struct decision *d, const char *member, char nominee)
{
    return give(d, member, "nomination",
                arena_printf(&d->arena, "{\"nominee\": \"%c\", \"text\": \"Why.\"}", nominee),
                NULL);
}

/* Whom each of a to e names; '-' nobody. Then their reasons, and on to the change round. */
static void nominate_all(struct decision *d, const char *nominees)
{
    for (size_t i = 0; nominees[i]; i++)
        EXPECT(nominees[i] == '-' || nominate(d, everybody[i], nominees[i]));
    if (strchr(nominees, '-'))
        settle_at(d, d->facts.due_at);
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "reasons");
    for (size_t i = 0; i < 5; i++)
        EXPECT(give(d, everybody[i], "reason", WHY, NULL));
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "change");
    d->facts.now += HOUR;
}

static void move_on(struct decision *d)
{
    struct decide_step step;
    d->facts.now += HOUR;
    EXPECT(decide_advance(&d->facts, "f", NULL, 0, &step, &d->refusal));
    note_step(d, &step);
}

/* Everybody consents, the nominee last. */
static void consent_all(struct decision *d, const char *nominee)
{
    for (size_t i = 0; i < 5; i++)
        if (strcmp(everybody[i], nominee) != 0)
            EXPECT(give(d, everybody[i], "consent", "{}", NULL));
    EXPECT(give(d, nominee, "consent", "{}", NULL));
}

/* `objector` objects to the nominee, the others consent. */
static void object(struct decision *d, const char *objector, const char *nominee)
{
    EXPECT(give(d, objector, "objection", RISK, NULL));
    for (size_t i = 0; i < 5; i++)
        if (strcmp(everybody[i], nominee) != 0 && strcmp(everybody[i], objector) != 0)
            EXPECT(give(d, everybody[i], "consent", "{}", NULL));
    if (strcmp(objector, nominee) != 0)
        EXPECT(give(d, nominee, "consent", "{}", NULL));
}

static void recounts(struct decision *d)
{
    EXPECT(d->facts.status == DECIDE_CLOSED);
    if (d->facts.status == DECIDE_CLOSED)
        expect_any_order(d);
}

static const struct json *report_of(struct decision *d)
{
    return json_new(&d->arena, d->last.report ? d->last.report : "{\"rounds\": []}");
}

static const char *elected(struct decision *d)
{
    const char *member = json_get_text(json_get(report_of(d), "assignment"), "member_id");
    return member ? member : "";
}

static const char *of_round(struct decision *d, size_t round, const char *key)
{
    const struct json *rounds = json_get(report_of(d), "rounds");
    const char *text =
        rounds->list.count >= round ? json_get_text(&rounds->list.items[round - 1], key) : NULL;
    return text ? text : "";
}

static const char *reason_of(struct decision *d)
{
    const char *reason = json_get_text(report_of(d), "reason");
    return reason ? reason : "";
}

TEST(election__the_most_nominated_is_elected_for_a_term)
{
    struct decision *d = electing("{\"term\": \"P6M\"}");
    nominate_all(d, "bbacb");
    move_on(d);
    d->facts.now = INT64_C(1709208000) * 1000000; /* 2024-02-29T12:00:00Z */
    d->facts.due_at = d->facts.now + DAYS;
    consent_all(d, "b");
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(elected(d), "b");
    const struct json *assignment = json_get(report_of(d), "assignment");
    EXPECT_TEXT(json_get_text(assignment, "starts_at"), "2024-02-29T12:00:00Z");
    EXPECT_TEXT(json_get_text(assignment, "ends_at"), "2024-08-29T12:00:00Z");
    EXPECT(json_get_int(json_get(&json_get(report_of(d), "rounds")->list.items[0], "counts"), "b",
                        0) == 3);
    EXPECT_TEXT(d->events, " all_in:reasons all_in:change advance:object no_objection:object");
    recounts(d);
    discard(d);
}

TEST(election__nominations_may_change_once_they_are_seen)
{
    struct decision *d = electing("{}");
    nominate_all(d, "bbacc");
    EXPECT(!give(d, "a", "nomination", "{\"nominee\": \"c\"}", NULL));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/data/text reason_required");
    EXPECT(nominate(d, "a", 'c'));
    move_on(d);
    consent_all(d, "c");
    EXPECT_TEXT(elected(d), "c");
    recounts(d);
    discard(d);
}

TEST(election__only_members_are_nominated_by_members)
{
    struct decision *d = electing("{}");
    EXPECT(!nominate(d, "f", 'a'));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(!nominate(d, "a", 'f') && !nominate(d, "a", 'x'));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/data/nominee nominee_unknown");
    EXPECT(!give(d, "a", "nomination", "{}", NULL));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/data/nominee required");
    elector_of(d, "c")->left = true;
    EXPECT(!nominate(d, "a", 'c'));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/data/nominee nominee_unknown");
    discard(d);
}

/* The last who was silent leaves after days; the phase ends then, not when the others had spoken,
 * so that the next one has all its time. */
TEST(election__a_departure_ends_the_phase_when_it_happens)
{
    struct decision *d = electing("{}");
    for (size_t i = 0; i < 4; i++)
        EXPECT(nominate(d, everybody[i], 'b'));
    elector_of(d, "e")->left = true;
    elector_of(d, "e")->left_at = NOON + 6 * DAYS;
    settle_at(d, NOON + 6 * DAYS + HOUR);
    EXPECT_TEXT(d->events, " all_in:reasons");
    EXPECT(d->facts.phase_started_at == NOON + 6 * DAYS);
    EXPECT(d->facts.due_at == NOON + 9 * DAYS);
    expect_same_when_late(d, 5 * HOUR, 30);
    discard(d);
}

TEST(election__a_departure_after_the_deadline_ends_nothing_before_it)
{
    struct decision *d = electing("{}");
    for (size_t i = 0; i < 4; i++)
        EXPECT(nominate(d, everybody[i], 'b'));
    elector_of(d, "e")->left = true;
    elector_of(d, "e")->left_at = NOON + 8 * DAYS;
    settle_at(d, NOON + 8 * DAYS + HOUR);
    EXPECT_TEXT(d->events, " deadline:reasons");
    EXPECT(d->facts.phase_started_at == NOON + 7 * DAYS);
    discard(d);
}

TEST(election__the_nominee_speaks_last)
{
    struct decision *d = electing("{}");
    struct decide_actions actions;
    nominate_all(d, "bbbbb");
    move_on(d);
    EXPECT(!give(d, "b", "consent", "{}", NULL));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/type turn_not_come");
    decide_may(&d->facts, "b", &actions);
    EXPECT(actions.input_count == 0);
    decide_may(&d->facts, "a", &actions);
    EXPECT(actions.input_count == 3);
    elector_of(d, "e")->left = true; /* is not waited for */
    for (size_t i = 0; i < 4; i++)
        EXPECT(i == 1 || give(d, everybody[i], "consent", "{}", NULL));
    decide_may(&d->facts, "b", &actions);
    EXPECT(actions.input_count == 3);
    EXPECT(give(d, "b", "objection", RISK, NULL)); /* and may object too */
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT_TEXT(reason_of(d), "no_candidate");
    recounts(d);
    discard(d);
}

/* Nominations for those discarded are left out. */
TEST(election__an_objection_brings_the_next_candidate)
{
    struct decision *d = electing("{}");
    nominate_all(d, "bbbcd");
    EXPECT(nominate(d, "e", 'c'));
    move_on(d);
    object(d, "d", "b");
    EXPECT(d->facts.round == 2 && d->facts.status == DECIDE_OPEN);
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "object");
    EXPECT(d->facts.due_at == d->facts.now + 7 * DAYS);
    EXPECT(!give(d, "c", "consent", "{}", NULL)); /* now the nominee */
    expect_same_when_late(d, 13 * HOUR, 20);
    consent_all(d, "c");
    EXPECT_TEXT(elected(d), "c");
    EXPECT_TEXT(of_round(d, 1, "candidate"), "b");
    EXPECT_TEXT(of_round(d, 2, "candidate"), "c");
    recounts(d);
    discard(d);
}

TEST(election__without_candidates_nobody_is_elected)
{
    struct decision *d = electing("{}");
    nominate_all(d, "bbbbb");
    move_on(d);
    object(d, "a", "b");
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT_TEXT(reason_of(d), "no_candidate");
    EXPECT_TEXT(elected(d), "");
    discard(d);
    d = electing("{}");
    settle_at(d, NOON + 100 * DAYS);
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT_TEXT(reason_of(d), "nobody_nominated");
    EXPECT_TEXT(d->events, " deadline:reasons deadline:change deadline:change");
    recounts(d);
    discard(d);
}

TEST(election__after_the_last_round_it_escalates)
{
    struct decision *d = electing("{\"max_rounds\": 1, \"fallback\": \"majority\"}");
    nominate_all(d, "bbbcc");
    move_on(d);
    object(d, "d", "b");
    EXPECT_TEXT(outcome_of(d), "escalated");
    EXPECT_TEXT(reason_of(d), "max_rounds");
    EXPECT_TEXT(json_get_text(report_of(d), "fallback"), "majority");
    discard(d);
}

/* The candidate and the rule by which a tie of two is broken; - for another round. */
TEST(election__ties)
{
    static const struct {
        const char *rule, *nominees, *candidate, *tie_break;
    } cases[] = {
        /* sole self-nominator: b names b, c does not name c */
        {"{}", "bbacc", "b", "self_nomination"},
        {"{\"incumbent\": \"c\"}", "bbacc", "b", "self_nomination"},
        /* both name themselves */
        {"{}", "bbcca", "", ""},
        {"{\"incumbent\": \"c\"}", "bbcca", "c", "incumbent"},
        /* neither does */
        {"{\"incumbent\": \"c\"}", "ccbba", "c", "incumbent"},
        {"{\"incumbent\": \"e\"}", "ccbba", "", ""},
        {"{\"incumbent\": \"c\", \"tie_break\": \"lot\", \"seed\": \"s\"}", "ccbba", "c",
         "incumbent"},
        {"{\"tie_break\": \"none\", \"seed\": \"s\"}", "ccbba", "", ""},
        {"{}", "ccbba", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decision *d = electing(cases[i].rule);
        nominate_all(d, cases[i].nominees);
        move_on(d);
        bool open = !*cases[i].candidate;
        EXPECT_TEXT(d->framework.phases[d->facts.phase].key, open ? "nominate" : "object");
        EXPECT(d->facts.round == (open ? 2 : 1));
        if (*cases[i].candidate) {
            consent_all(d, cases[i].candidate);
            EXPECT_TEXT(elected(d), cases[i].candidate);
            EXPECT_TEXT(of_round(d, 1, "tie_break"), cases[i].tie_break);
            recounts(d);
        }
        discard(d);
    }
}

/* A lot depends on its seed and the names alone, and both sides can win it. */
TEST(election__a_lot_is_seeded)
{
    int wins = 0;
    for (int seed = 0; seed < 20; seed++) {
        char rule[100];
        (void)snprintf(rule, sizeof rule, "{\"tie_break\": \"lot\", \"seed\": \"%d\"}", seed);
        struct decision *d = electing(rule);
        struct decide_actions actions;
        nominate_all(d, "ccbba");
        move_on(d);
        EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "object");
        decide_may(&d->facts, "b", &actions);
        bool b = actions.input_count == 0;
        wins += b;
        consent_all(d, b ? "b" : "c");
        EXPECT_TEXT(of_round(d, 1, "tie_break"), "lot");
        recounts(d);
        discard(d);
    }
    EXPECT(wins > 2 && wins < 18);
}

TEST(election__renominating_among_the_tied)
{
    struct decision *d = electing("{}");
    nominate_all(d, "ccbba");
    move_on(d);
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "nominate");
    EXPECT(d->facts.round == 2);
    EXPECT(!nominate(d, "a", 'a'));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/data/nominee nominee_not_tied");
    nominate_all(d, "ccbbb");
    move_on(d);
    object(d, "a", "b");
    EXPECT(d->facts.round == 3);
    object(d, "a", "c"); /* then those named in the first round are left: a */
    EXPECT(d->facts.round == 4);
    consent_all(d, "a");
    EXPECT_TEXT(elected(d), "a");
    EXPECT_TEXT(of_round(d, 2, "candidate"), "b");
    EXPECT_TEXT(of_round(d, 3, "candidate"), "c");
    recounts(d);
    discard(d);
}

TEST(election__a_tie_that_stays)
{
    struct decision *d = electing("{}");
    nominate_all(d, "ccbba");
    move_on(d);
    settle_at(d, d->facts.now + 100 * DAYS); /* nobody nominates again */
    EXPECT_TEXT(outcome_of(d), "tied");
    EXPECT_TEXT(reason_of(d), "tie");
    const struct json *round = &json_get(report_of(d), "rounds")->list.items[1];
    EXPECT(json_get(round, "tied")->list.count == 2);
    recounts(d);
    discard(d);
    d = electing("{\"max_rounds\": 1}");
    nominate_all(d, "ccbba");
    move_on(d);
    EXPECT_TEXT(outcome_of(d), "tied");
    discard(d);
}

TEST(election__a_tie_among_those_left)
{
    struct decision *d = electing("{}");
    nominate_all(d, "ddcbd");
    EXPECT(nominate(d, "a", 'b') && nominate(d, "b", 'c') && nominate(d, "c", 'd'));
    EXPECT(nominate(d, "d", 'd'));
    move_on(d);
    object(d, "a", "d"); /* b and c have one each, and neither named themselves */
    EXPECT(d->facts.round == 2);
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "nominate");
    EXPECT(!nominate(d, "a", 'd'));
    nominate_all(d, "bbccc");
    move_on(d);
    consent_all(d, "c");
    EXPECT_TEXT(elected(d), "c");
    recounts(d);
    discard(d);
}

TEST(election__silence_elects_only_where_it_is_consent)
{
    static const char *const rules[] = {"{}", "{\"silence\": \"consent\"}"};
    for (size_t i = 0; i < 2; i++) {
        struct decision *d = electing(rules[i]);
        nominate_all(d, "bbbcc");
        move_on(d);
        expect_same_when_late(d, 7 * HOUR, 10);
        settle_at(d, d->facts.now + 7 * DAYS);
        EXPECT_TEXT(outcome_of(d), i ? "adopted" : "escalated");
        EXPECT_TEXT(elected(d), i ? "b" : "");
        discard(d);
    }
}

TEST(election__holacracy_objections_are_ruled)
{
    struct decision *d = electing("{\"objection_test\": \"holacracy\"}");
    nominate_all(d, "bbbcc");
    move_on(d);
    EXPECT(give(d, "d", "objection", "{\"arguments\": {\"harms_capacity\": \"It does.\"}}", NULL));
    for (size_t i = 0; i < 5; i++)
        EXPECT(i == 1 || i == 3 || give(d, everybody[i], "consent", "{}", NULL));
    EXPECT(give(d, "b", "consent", "{}", NULL));
    EXPECT(d->facts.status == DECIDE_OPEN && d->facts.round == 1);
    EXPECT(give(d, "f", "ruling",
                "{\"arguments_given\": {\"harms_capacity\": true, \"limits_responsibility\": "
                "false, \"newly_caused\": false, \"necessarily_follows\": false}}",
                d->inputs[10].id));
    EXPECT_TEXT(elected(d), "b");
    recounts(d);
    discard(d);
}
