/* SPDX-License-Identifier: Apache-2.0 */
/* Proxies and weights in whole decisions, by every method that counts ballots: what a proxy or a
 * weight adds is what so many more voters who vote alike would add. */
#include "decision.h"

#define ALLOWED "\"proxy\": {\"allowed\": true}"

/* Every method with four ballots that its voters cast; options are x, y and z. */
static const struct {
    const char *method, *parameters;
    const char *ballots[4];
} methods[] = {
    {"majority",
     "",
     {"{\"choice\": \"yes\"}", "{\"choice\": \"no\"}", "{\"choice\": \"no\"}",
      "{\"choice\": \"abstain\"}"}},
    {"plurality",
     "",
     {"{\"choice\": \"x\"}", "{\"choice\": \"y\"}", "{\"choice\": \"y\"}", "{\"choice\": \"z\"}"}},
    {"approval",
     "",
     {"{\"approve\": [\"x\"]}", "{\"approve\": [\"y\", \"z\"]}", "{\"approve\": [\"y\"]}",
      "{\"approve\": [\"z\"]}"}},
#define RATED(key)                                                                                 \
    {                                                                                              \
        "{\"" key "\": {\"x\": 5, \"y\": 1}}", "{\"" key "\": {\"y\": 4, \"z\": 1}}",              \
            "{\"" key "\": {\"y\": 3}}", "{\"" key "\": {\"z\": 2}}"                               \
    }
    {"score", ", \"min\": 0, \"max\": 5", RATED("scores")},
    {"star", "", RATED("scores")},
    {"dot", ", \"budget\": 6", RATED("points")},
    {"quadratic", ", \"budget\": 30", RATED("points")},
#define RANKED                                                                                     \
    {                                                                                              \
        "{\"ranking\": [[\"x\"], [\"y\"], [\"z\"]]}",                                              \
            "{\"ranking\": [[\"y\"], [\"z\"], [\"x\"]]}", "{\"ranking\": [[\"y\"], [\"z\"]]}",     \
            "{\"ranking\": [[\"z\"], [\"x\"], [\"y\"]]}"                                           \
    }
    {"borda", "", RANKED},
    {"irv", "", RANKED},
    {"stv", ", \"seats\": 2", RANKED},
    {"schulze", "", RANKED},
    {"ranked_pairs", "", RANKED},
    {"minimax", "", RANKED},
    {"copeland", "", RANKED},
};

#define METHODS (sizeof methods / sizeof *methods)

static struct decision *draft_by(size_t method, const char *more)
{
    char definition[800];
    (void)snprintf(
        definition, sizeof definition,
        "{\"key\": \"k\", \"name\": \"K\", \"roles\": [{\"key\": \"voters\", \"min\": 1}, "
        "{\"key\": \"proposer\"}], \"phases\": [{\"key\": \"vote\", \"duration\": "
        "\"P7D\", \"ballots\": [\"voters\"], \"ends\": [\"deadline\", \"all_in\"]}], "
        "\"rule\": {\"method\": \"%s\"%s%s%s}}",
        methods[method].method, methods[method].parameters, *more ? ", " : "", more);
    struct decision *d = draft(definition, NULL);
    for (const char *const *option = (const char *const[]){"x", "y", "z", NULL};
         strcmp(methods[method].method, "majority") != 0 && *option; option++)
        offer(d, *option);
    return d;
}

/* The member `tally` of the report: what was counted. */
static const char *counted(struct decision *d)
{
    struct buf buf;
    struct json report = json_of(&d->arena, d->last.report);
    buf_init(&buf, &d->arena, 1 << 20);
    json_write(&buf, json_get(&report, "tally"));
    return buf_cstr(&buf);
}

static const int64_t weights[] = {4, 1, 2, 1};
static const char *const voters[] = {"a", "b", "c", "d"};

/* Eight voters of weight 1 who vote as the four with weights do. */
static struct decision *one_by_one(size_t method)
{
    static const char *const names[] = {"a1", "a2", "a3", "a4", "b1", "c1", "c2", "d1"};
    static const size_t alike[] = {0, 0, 0, 0, 1, 2, 2, 3};
    struct decision *d = draft_by(method, "");
    for (size_t i = 0; i < 8; i++)
        hold(d, names[i], "voters", 1);
    open_now(d);
    for (size_t i = 0; i < 8; i++)
        EXPECT(vote(d, names[i], methods[method].ballots[alike[i]]));
    return d;
}

TEST(weights__count_as_so_many_voters_in_every_method)
{
    for (size_t method = 0; method < METHODS; method++) {
        struct decision *d = draft_by(method, ""), *other = one_by_one(method);
        for (size_t i = 0; i < 4; i++)
            hold(d, voters[i], "voters", weights[i]);
        open_now(d);
        for (size_t i = 0; i < 4; i++)
            EXPECT(vote(d, voters[i], methods[method].ballots[i]));
        EXPECT_TEXT(counted(d), counted(other));
        EXPECT_TEXT(outcome_of(d), outcome_of(other));
        expect_any_order(d);
        discard(d);
        discard(other);
    }
}

/* What was kept at the closing takes the place of the proxies, as when it is read again. */
static void expect_recount_of_kept(struct decision *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->last.proxy_count; i++) {
        const struct decide_proxy *kept = &d->last.proxies[i];
        d->proxies[count++] = (struct proxy){kept->truster, kept->trustee, 0, kept->since, 0};
    }
    d->facts.proxy_count = count;
    expect_any_order(d);
}

TEST(proxies__count_as_so_many_voters_in_every_method)
{
    for (size_t method = 0; method < METHODS; method++) {
        struct decision *d = draft_by(method, ALLOWED), *other = one_by_one(method);
        static const char *const trusters[][2] = {
            {"t1", "a"}, {"t2", "t1"}, {"t3", "t2"}, {"t4", "c"}};
        for (size_t i = 0; i < 4; i++)
            hold(d, voters[i], "voters", 1);
        for (size_t i = 0; i < 4; i++)
            hold(d, trusters[i][0], "voters", 1);
        open_now(d);
        for (size_t i = 0; i < 4; i++)
            entrust(d, trusters[i][0], trusters[i][1], 0);
        for (size_t i = 0; i < 4; i++)
            EXPECT(vote(d, voters[i], methods[method].ballots[i]));
        EXPECT(d->facts.status == DECIDE_OPEN); /* the others may still vote themselves */
        expect_same_when_late(d, 20 * HOUR, 9);
        settle_at(d, d->facts.now + 7 * DAYS);
        EXPECT_TEXT(counted(d), counted(other));
        EXPECT_TEXT(outcome_of(d), outcome_of(other));
        expect_any_order(d);
        expect_recount_of_kept(d);
        discard(d);
        discard(other);
    }
}

/* A yes from `a`, a no from `b`, and `c`, who trusts as the test says. */
static struct decision *three(const char *rule)
{
    struct decision *d = draft_by(0, rule);
    for (size_t i = 0; i < 3; i++)
        hold(d, voters[i], "voters", 1);
    open_now(d);
    EXPECT(vote(d, "a", methods[0].ballots[0]) && vote(d, "b", methods[0].ballots[1]));
    return d;
}

TEST(a_late_look_finds_the_proxies_of_the_deadline)
{
    struct decision *d = three(ALLOWED);
    entrust(d, "c", "a", 0);
    d->proxies[0].until = d->facts.now + 8 * DAYS;
    d->proxies[1] = (struct proxy){"c", "b", 0, d->facts.now + 8 * DAYS, 0};
    d->facts.proxy_count = 2;
    settle_at(d, d->facts.now + 9 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(d->last.proxy_count == 1 && strcmp(d->last.proxies[0].voter, "a") == 0);
    discard(d);
}

TEST(who_left_passes_nothing_on_from_then)
{
    for (int64_t days = 6; days <= 8; days += 2) {
        struct decision *d = three(ALLOWED);
        entrust(d, "c", "a", 0);
        elector_of(d, "c")->left = true;
        elector_of(d, "c")->left_at = d->facts.now + days * DAYS;
        d->facts.changed_at = elector_of(d, "c")->left_at;
        settle_at(d, d->facts.now + 9 * DAYS);
        EXPECT_TEXT(outcome_of(d), days < 7 ? "rejected" : "adopted");
        discard(d);
    }
}

TEST(not_allowed_is_not_counted_nor_reported)
{
    struct decision *d = three("");
    entrust(d, "c", "a", 0);
    settle_at(d, d->facts.now + 8 * DAYS);
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT(!strstr(d->last.report, "proxies") && d->last.proxy_count == 0);
    discard(d);
}

TEST(quorum_counts_what_is_carried)
{
    struct decision *d = three(ALLOWED ", \"quorum\": [1, 1]");
    settle_at(d, d->facts.now + 8 * DAYS);
    EXPECT_TEXT(outcome_of(d), "no_quorum");
    discard(d);
    d = three(ALLOWED ", \"quorum\": [1, 1]");
    entrust(d, "c", "a", 0);
    settle_at(d, d->facts.now + 8 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

/* The truster may still vote, so what a proxy would add is not certain. */
TEST(early_close_waits_for_those_who_may_still_vote_themselves)
{
    struct decision *d = draft("majority", "{\"rule\": {\"early_close\": true, " ALLOWED "}}");
    hold(d, "p", "proposer", 1);
    for (size_t i = 0; i < 4; i++)
        hold(d, voters[i], "voters", 1);
    open_now(d);
    for (size_t i = 1; i < 4; i++)
        entrust(d, voters[i], "a", 0);
    EXPECT(vote(d, "a", methods[0].ballots[0]) && d->facts.status == DECIDE_OPEN);
    EXPECT(vote(d, "b", methods[0].ballots[0]) && d->facts.status == DECIDE_OPEN);
    EXPECT(vote(d, "c", methods[0].ballots[0]));
    EXPECT_TEXT(d->events, " opened:vote certain:vote");
    expect_recount_of_kept(d);
    discard(d);
}

TEST(a_definition_names_what_is_wrong_with_its_proxies)
{
    struct arena arena;
    struct faults faults;
    struct json frozen;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct json definition = definition_of(&arena, "majority");
    struct json overrides =
        json_of(&arena, "{\"rule\": {\"proxy\": {\"allowed\": 1, \"max_weight\": 0, \"max_hops\": "
                        "\"two\", \"depth\": 1}}}");
    EXPECT(!framework_configure(&arena, &definition, &overrides, &frozen, &faults));
    EXPECT_TEXT(fault_lines(&arena, &faults), "/rule/proxy/depth unknown_member\n"
                                              "/rule/proxy/allowed type\n"
                                              "/rule/proxy/max_weight too_small\n"
                                              "/rule/proxy/max_hops type");
    arena_release(&arena);
}
