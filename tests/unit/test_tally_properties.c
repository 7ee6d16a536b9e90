/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every profile, whatever comes out: checked on random ones, the same at each run.
 */
#include "tally_help.h"

#define PROFILES 60 /* of each method */
#define BALLOTS_MAX 24
#define OPTIONS_MAX 6

static uint64_t state;

/* SplitMix64 */
static size_t below(size_t limit)
{
    uint64_t x = state += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return (size_t)((x ^ x >> 31) % limit);
}

struct profile {
    enum tally_method method;
    size_t seats, option_count, ballot_count;
    const char *options[OPTIONS_MAX];
    const char *ballots[BALLOTS_MAX]; /* JSON of one voter, with ' for " */
    size_t counts[BALLOTS_MAX];
};

static void shuffle(size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = below(i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

/* ['A'],['C'] or 'A','C' or 'A':3,'C':0 of some options in a random order. */
static void write_marks(struct buf *buf, const struct profile *profile, const char *before,
                        const char *after, size_t values)
{
    size_t order[OPTIONS_MAX];
    shuffle(order, profile->option_count);
    size_t count = below(4) ? 1 + below(profile->option_count) : profile->option_count;
    for (size_t i = 0; i < count; i++) {
        buf_printf(buf, "%s%s'%s'%s", i ? "," : "", before, profile->options[order[i]], after);
        if (values)
            buf_printf(buf, ":%zu", below(values));
    }
}

static const char *random_ballot(const struct profile *profile)
{
    struct buf buf;
    buf_init(&buf, &help_arena, SIZE_MAX);
    if (profile->method == TALLY_MAJORITY) {
        static const char *const choices[] = {"yes", "no", "abstain"};
        buf_printf(&buf, "'choice':'%s'", choices[below(3)]);
    } else if (profile->method == TALLY_PLURALITY) {
        buf_printf(&buf, "'choice':'%s'", profile->options[below(profile->option_count)]);
    } else if (profile->method == TALLY_APPROVAL) {
        buf_text(&buf, "'approve':[");
        write_marks(&buf, profile, "", "", 0);
        buf_char(&buf, ']');
    } else if (profile->method == TALLY_SCORE || profile->method == TALLY_STAR) {
        buf_text(&buf, "'scores':{");
        write_marks(&buf, profile, "", "", 6);
        buf_char(&buf, '}');
    } else if (profile->method == TALLY_DOT || profile->method == TALLY_QUADRATIC) {
        buf_text(&buf, "'points':{");
        write_marks(&buf, profile, "", "", 4);
        buf_char(&buf, '}');
    } else {
        buf_text(&buf, "'ranking':[");
        write_marks(&buf, profile, "[", "]", 0);
        buf_char(&buf, ']');
    }
    return buf_cstr(&buf);
}

static struct profile random_profile(enum tally_method method)
{
    struct profile profile = {.method = method, .option_count = 2 + below(OPTIONS_MAX - 1)};
    bool one = method == TALLY_MAJORITY || method == TALLY_STAR || method == TALLY_IRV;
    profile.seats = one || below(2) ? 1 : 1 + below(profile.option_count);
    profile.ballot_count = 1 + below(BALLOTS_MAX);
    size_t most = below(2) ? 1 : 9; /* equal counts make ties */
    for (size_t i = 0; i < profile.option_count; i++)
        profile.options[i] = arena_printf(&help_arena, "o%zu", i);
    for (size_t b = 0; b < profile.ballot_count; b++) {
        profile.ballots[b] = random_ballot(&profile);
        profile.counts[b] = 1 + below(most);
    }
    return profile;
}

/* The answer; options and ballots in the orders given, the first ballot as that many single ones.
 */
static const char *answer(const struct profile *profile, const char *config, const size_t *options,
                          const size_t *ballots, bool single)
{
    struct buf buf;
    buf_init(&buf, &help_arena, SIZE_MAX);
    buf_printf(&buf, "{'method':'%s','seats':%zu,'electorate':400,'config':{%s},",
               tally_method_name(profile->method), profile->seats, config);
    for (size_t i = 0; profile->method != TALLY_MAJORITY && i < profile->option_count; i++)
        buf_printf(&buf, "%s'%s'%s", i ? "," : "'options':[", profile->options[options[i]],
                   i + 1 < profile->option_count ? "" : "],");
    buf_text(&buf, "'ballots':[");
    for (size_t b = 0; b < profile->ballot_count; b++) {
        const char *ballot = profile->ballots[ballots[b]];
        size_t count_of = profile->counts[ballots[b]], times = single && !b ? count_of : 1;
        for (size_t i = 0; i < times; i++)
            buf_printf(&buf, "%s{'count':%zu,%s}", b || i ? "," : "", count_of / times, ballot);
    }
    buf_text(&buf, "]}");
    return count(buf_cstr(&buf));
}

static const size_t in_order[BALLOTS_MAX] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                             12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};

static const char *plain(const struct profile *profile, const char *config)
{
    return answer(profile, config, in_order, in_order, false);
}

/* Calls `check` for random profiles of a method; each begins with its own memory. */
static void for_each(enum tally_method method, uint64_t seed,
                     void (*check)(const struct profile *profile))
{
    state = seed + (uint64_t)method * 1000;
    for (int i = 0; i < PROFILES; i++) {
        struct arena kept = help_arena;
        arena_init(&help_arena);
        struct profile profile = random_profile(method);
        check(&profile);
        arena_release(&help_arena);
        help_arena = kept;
    }
}

static void for_all(uint64_t seed, void (*check)(const struct profile *profile))
{
    for (int method = 0; method < TALLY_METHODS; method++)
        for_each((enum tally_method)method, seed, check);
}

/* ---- voters ---- */

static void check_voters(const struct profile *profile)
{
    size_t ballots[BALLOTS_MAX];
    shuffle(ballots, profile->ballot_count);
    EXPECT_TEXT(answer(profile, "", in_order, ballots, below(2)), plain(profile, ""));
    static const char lot[] = "'tie_break':'lot','seed':7";
    EXPECT_TEXT(answer(profile, lot, in_order, ballots, false), plain(profile, lot));
}

TEST(permuting_voters_changes_nothing)
{
    for_all(1, check_voters);
}

/* ---- options ---- */

static bool has(const struct json *list, const struct json *item)
{
    for (size_t i = 0; i < list->list.count; i++)
        if (json_same(&list->list.items[i], item))
            return true;
    return false;
}

/* Two lists of names that hold the same. */
static bool same_set(const struct json *a, const struct json *b)
{
    bool same = a->list.count == b->list.count;
    for (size_t i = 0; same && i < a->list.count; i++)
        same = has(b, &a->list.items[i]);
    return same;
}

static void check_options(const struct profile *profile)
{
    size_t options[OPTIONS_MAX];
    shuffle(options, profile->option_count);
    static const char *const configs[] = {"", "'tie_break':'lot','seed':'x'"};
    for (size_t c = 0; c < 2; c++) {
        struct json first = help_json(plain(profile, configs[c]));
        struct json second = help_json(answer(profile, configs[c], options, in_order, false));
        const struct json *a = json_get(&first, "ranking"), *b = json_get(&second, "ranking");
        EXPECT(json_same(json_get(&first, "outcome"), json_get(&second, "outcome")));
        EXPECT(same_set(json_get(&first, "winners"), json_get(&second, "winners")));
        EXPECT(a->list.count == b->list.count);
        for (size_t i = 0; i < a->list.count && i < b->list.count; i++)
            EXPECT(same_set(&a->list.items[i], &b->list.items[i]));
        EXPECT(json_get(&first, "ties")->list.count == json_get(&second, "ties")->list.count);
    }
}

TEST(permuting_options_permutes_the_result)
{
    for_all(2, check_options);
}

/* ---- the Condorcet winner ---- */

static size_t condorcet_winners;

static void check_condorcet(const struct profile *profile)
{
    struct profile one = *profile;
    one.seats = 1;
    static const char *const configs[] = {"'strength':'winning_votes'", "'strength':'margins'",
                                          "'unranked':'ignored'"};
    for (size_t c = 0; c < sizeof configs / sizeof configs[0]; c++) {
        const char *response = plain(&one, configs[c]);
        const char *winner = part(response, "report/condorcet_winner");
        if (strcmp(winner, "null") == 0)
            continue;
        condorcet_winners++;
        EXPECT_TEXT(part(response, "winners"), arena_printf(&help_arena, "[%s]", winner));
        EXPECT_TEXT(part(response, "report/smith_set"), arena_printf(&help_arena, "[%s]", winner));
    }
}

TEST(the_condorcet_winner_wins)
{
    static const enum tally_method methods[] = {TALLY_SCHULZE, TALLY_RANKED_PAIRS, TALLY_MINIMAX,
                                                TALLY_COPELAND};
    for (size_t i = 0; i < 4; i++)
        for_each(methods[i], 3, check_condorcet);
    EXPECT(condorcet_winners > 200);
}

/* ---- rounds ---- */

/* Votes in hundred-thousandths, of 7 or "6.62747". */
static int64_t votes_of(const struct json *value)
{
    if (value->type == JSON_INT)
        return value->integer * 100000;
    int64_t votes = 0;
    for (const char *p = value->text.data; *p; p++)
        votes = *p == '.' ? votes : votes * 10 + (*p - '0');
    return votes;
}

static void check_rounds(const struct profile *profile)
{
    struct json response = help_json(plain(profile, "'tie_break':'lot','seed':3"));
    const struct json *rounds = json_get(json_get(&response, "report"), "rounds");
    int64_t cast = json_get_int(json_get(&response, "quorum"), "cast", -1) * 100000;
    int64_t exhausted = 0;
    EXPECT(rounds->list.count > 0);
    for (size_t r = 0; r < rounds->list.count; r++) {
        const struct json *round = &rounds->list.items[r], *tallies = json_get(round, "tallies");
        int64_t sum = votes_of(json_get(round, "exhausted"));
        EXPECT(sum >= exhausted);
        exhausted = sum;
        for (size_t i = 0; i < tallies->map.count; i++)
            sum += votes_of(&tallies->map.members[i].value);
        EXPECT(sum == cast);
    }
    EXPECT(json_get(&response, "winners")->list.count == profile->seats);
}

TEST(rounds_conserve_the_ballots)
{
    for_each(TALLY_IRV, 4, check_rounds);
    for_each(TALLY_STV, 5, check_rounds);
}

/* ---- quorum ---- */

static size_t missed, reached;

static void check_quorum(const struct profile *profile)
{
    const char *before = "'adopted'";
    const char *base = below(2) ? "cast" : "yes_no";
    for (int n = 0; n <= 20; n++) { /* of 400 eligible, in steps of 20 */
        const char *config =
            arena_printf(&help_arena, "'quorum':[%d,20],'quorum_base':'%s'", n, base);
        const char *response = plain(profile, config), *outcome = part(response, "outcome");
        bool missing = strcmp(outcome, "'no_quorum'") == 0;
        EXPECT_TEXT(part(response, "quorum/met"), missing ? "false" : "true");
        if (strcmp(before, "'no_quorum'") == 0)
            EXPECT(missing);
        else if (n && !missing)
            EXPECT_TEXT(outcome, before);
        if (missing)
            EXPECT_TEXT(part(response, "winners"), "[]");
        missed += missing;
        reached += !missing;
        before = outcome;
    }
}

TEST(raising_the_quorum_never_turns_no_quorum_into_adoption)
{
    for_all(6, check_quorum);
    EXPECT(missed > 1000 && reached > 1000);
}
