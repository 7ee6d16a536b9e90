/* SPDX-License-Identifier: Apache-2.0 */
/* Yes or no: FRAMEWORKS.md section 3.6. */
#include "tally_help.h"

static const char *votes(int yes, int no, int abstain, int electorate, const char *config)
{
    struct buf buf;
    const char *comma = "";
    const struct {
        int count;
        const char *choice;
    } choices[] = {{yes, "yes"}, {no, "no"}, {abstain, "abstain"}};
    buf_init(&buf, &help_arena, SIZE_MAX);
    buf_printf(&buf, "{'method':'majority','electorate':%d,'config':{%s},'ballots':[", electorate,
               config);
    for (size_t i = 0; i < 3; i++)
        if (choices[i].count) {
            buf_printf(&buf, "%s{'count':%d,'choice':'%s'}", comma, choices[i].count,
                       choices[i].choice);
            comma = ",";
        }
    buf_text(&buf, "]}");
    return count(buf_cstr(&buf));
}

static const char *outcome(int yes, int no, int abstain, int electorate, const char *config)
{
    return part(votes(yes, no, abstain, electorate, config), "outcome");
}

TEST(simple__more_yes_than_no)
{
    EXPECT_TEXT(outcome(1, 0, 9, 10, ""), "'adopted'");
    EXPECT_TEXT(outcome(6, 5, 0, 20, ""), "'adopted'");
    EXPECT_TEXT(outcome(5, 5, 0, 10, ""), "'rejected'");
    EXPECT_TEXT(outcome(5, 6, 0, 11, ""), "'rejected'");
    EXPECT_TEXT(part(votes(6, 5, 0, 20, ""), "winners"), "['yes']");
    EXPECT_TEXT(part(votes(5, 6, 0, 20, ""), "winners"), "[]");
}

TEST(absolute__more_than_half_of_the_eligible)
{
    EXPECT_TEXT(outcome(6, 0, 0, 11, "'absolute':true"), "'adopted'");
    EXPECT_TEXT(outcome(5, 0, 0, 10, "'absolute':true"), "'rejected'");
    EXPECT_TEXT(outcome(5, 0, 0, 11, "'absolute':true"), "'rejected'");
}

TEST(supermajority__three_fifths_of_ten)
{
    EXPECT_TEXT(outcome(6, 4, 0, 10, "'threshold':[3,5],'inclusive':true,'base':'cast'"),
                "'adopted'");
    EXPECT_TEXT(outcome(6, 4, 0, 10, "'threshold':[3,5],'inclusive':false,'base':'cast'"),
                "'rejected'");
    EXPECT_TEXT(outcome(6, 4, 0, 10, "'threshold':[3,5]"), "'rejected'");
    EXPECT_TEXT(outcome(7, 4, 0, 11, "'threshold':[3,5]"), "'adopted'");
}

TEST(supermajority__half_inclusive_adopts_an_equal_vote)
{
    EXPECT_TEXT(outcome(5, 5, 0, 10, "'threshold':[1,2],'inclusive':true,'base':'yes_no'"),
                "'adopted'");
    EXPECT_TEXT(part(votes(5, 5, 0, 10, "'threshold':[1,2],'inclusive':true"), "ties"), "[]");
    EXPECT_TEXT(outcome(5, 5, 0, 10, "'threshold':[1,2]"), "'rejected'");
}

TEST(supermajority__bases)
{
    /* 6 yes, 3 no, 3 abstain of 15: 6/9, 6/12, 6/15 */
    EXPECT_TEXT(outcome(6, 3, 3, 15, "'threshold':[2,3],'inclusive':true,'base':'yes_no'"),
                "'adopted'");
    EXPECT_TEXT(outcome(6, 3, 3, 15, "'threshold':[2,3],'inclusive':true,'base':'cast'"),
                "'rejected'");
    EXPECT_TEXT(outcome(6, 3, 3, 15, "'threshold':[1,2],'inclusive':true,'base':'cast'"),
                "'adopted'");
    EXPECT_TEXT(outcome(6, 3, 3, 15, "'threshold':[1,2],'inclusive':true,'base':'eligible'"),
                "'rejected'");
    EXPECT_TEXT(outcome(6, 3, 3, 15, "'threshold':[2,5],'inclusive':true,'base':'eligible'"),
                "'adopted'");
    EXPECT_TEXT(outcome(6, 3, 3, 15, "'threshold':[2,5],'base':'eligible'"), "'rejected'");
}

TEST(only_abstentions_are_rejected)
{
    EXPECT_TEXT(outcome(0, 0, 7, 7, ""), "'rejected'");
    EXPECT_TEXT(outcome(0, 0, 7, 7, "'threshold':[1,2],'inclusive':true"), "'rejected'");
    EXPECT_TEXT(outcome(0, 0, 7, 7, "'threshold':[0,1],'inclusive':true"), "'rejected'");
    EXPECT_TEXT(outcome(0, 0, 7, 7, "'tie_break':'casting_vote','casting_vote':'yes'"),
                "'rejected'");
    EXPECT_TEXT(outcome(0, 3, 0, 7, "'threshold':[0,1],'inclusive':true"), "'rejected'");
}

TEST(equal_votes__the_status_quo_stands_unless_there_is_a_casting_vote)
{
    EXPECT_TEXT(part(votes(5, 5, 2, 12, ""), "ties"),
                "[{'options':['yes','no'],'seats':1,'broken_by':'status_quo'}]");
    const char *yes = votes(5, 5, 2, 12, "'tie_break':'casting_vote','casting_vote':'yes'");
    EXPECT_TEXT(part(yes, "outcome"), "'adopted'");
    EXPECT_TEXT(part(yes, "ties"),
                "[{'options':['yes','no'],'seats':1,'broken_by':'casting_vote'}]");
    EXPECT_TEXT(outcome(5, 5, 2, 12, "'tie_break':'casting_vote','casting_vote':'no'"),
                "'rejected'");
    /* a lot can't adopt */
    EXPECT_TEXT(outcome(5, 5, 2, 12, "'tie_break':'lot','seed':'1'"), "'rejected'");
}

TEST(casting_vote__does_not_stand_for_a_supermajority)
{
    EXPECT_TEXT(
        outcome(5, 5, 0, 10, "'threshold':[2,3],'tie_break':'casting_vote','casting_vote':'yes'"),
        "'rejected'");
    EXPECT_TEXT(
        outcome(5, 5, 2, 20, "'absolute':true,'tie_break':'casting_vote','casting_vote':'yes'"),
        "'rejected'");
    EXPECT_TEXT(
        outcome(5, 5, 0, 10, "'absolute':true,'tie_break':'casting_vote','casting_vote':'yes'"),
        "'adopted'");
    EXPECT_TEXT(outcome(6, 4, 0, 10, "'tie_break':'casting_vote','casting_vote':'no'"),
                "'adopted'");
}

TEST(quorum__abstentions_count_on_cast_only)
{
    EXPECT_TEXT(outcome(2, 1, 3, 12, "'quorum':[1,2]"), "'adopted'");
    EXPECT_TEXT(outcome(2, 1, 2, 12, "'quorum':[1,2]"), "'no_quorum'");
    EXPECT_TEXT(outcome(2, 1, 3, 12, "'quorum':[1,2],'quorum_base':'yes_no'"), "'no_quorum'");
    EXPECT_TEXT(outcome(4, 2, 3, 12, "'quorum':[1,2],'quorum_base':'yes_no'"), "'adopted'");
    EXPECT_TEXT(outcome(2, 1, 3, 12, "'minimum':7"), "'no_quorum'");
}

TEST(weights_count)
{
    EXPECT_TEXT(part(count("{'method':'majority','ballots':[{'choice':'yes','weight':3},"
                           "{'choice':'no','count':2},{'choice':'yes','count':2,'weight':4}]}"),
                     "report"),
                "{'yes':11,'no':2,'abstain':0,'threshold':[1,2],'inclusive':false,'base':13}");
}

TEST(thresholds_do_not_overflow)
{
    EXPECT_TEXT(part(count("{'method':'majority','electorate':9007199254740992,"
                           "'config':{'threshold':[9223372036854775806,9223372036854775807],"
                           "'base':'eligible'},"
                           "'ballots':[{'choice':'yes','count':9007199254740992}]}"),
                     "outcome"),
                "'adopted'");
    EXPECT_TEXT(part(count("{'method':'majority','electorate':9007199254740992,"
                           "'config':{'threshold':[9223372036854775806,9223372036854775807],"
                           "'base':'eligible'},"
                           "'ballots':[{'choice':'yes','count':9007199254740991}]}"),
                     "outcome"),
                "'rejected'");
}

TEST(config__contradictions_are_refused)
{
    EXPECT_TEXT(votes(1, 0, 0, 3, "'absolute':true,'threshold':[2,3]"),
                "/config/absolute config_conflict\n");
    EXPECT_TEXT(votes(1, 0, 0, 3, "'threshold':[4,3]"), "/config/threshold too_large\n");
    EXPECT_TEXT(votes(1, 0, 0, 3, "'threshold':[1,0]"), "/config/threshold too_small\n");
    EXPECT_TEXT(votes(1, 0, 0, 3, "'threshold':0.5"), "/config/threshold type\n");
    EXPECT_TEXT(count("{'method':'majority','options':['yes','no','perhaps'],'ballots':[]}"),
                "/options/2 enum\n");
    EXPECT_TEXT(count("{'method':'majority','seats':2,'ballots':[]}"), "/seats too_large\n");
}

/* Whether the outcome is settled, and whether it is by trying every completion. */
static void compare_settled(int yes, int no, int abstain, int missing, const char *config)
{
    struct tally tally;
    struct faults faults;
    struct json json = help_json(help_quotes(arena_printf(&help_arena, "{%s}", config)));
    struct tally_setup setup = {.method = TALLY_MAJORITY,
                                .seats = 1,
                                .electorate = yes + no + abstain + missing,
                                .config = &json};
    faults_init(&faults, &help_arena);
    EXPECT(tally_init(&help_arena, &tally, &setup, "", &faults));
    const char *const choices[] = {"yes", "no", "abstain"};
    const int counts[] = {yes, no, abstain};
    for (size_t i = 0; i < 3; i++) {
        struct json ballot =
            help_json(arena_printf(&help_arena, "{\"choice\":\"%s\"}", choices[i]));
        if (counts[i])
            EXPECT(tally_add_ballot(&tally, &ballot, counts[i], 1, "", &faults));
    }
    const char *now = outcome(yes, no, abstain, yes + no + abstain + missing, config);
    bool same = true;
    for (int y = 0; y <= missing; y++)
        for (int n = 0; y + n <= missing; n++)
            for (int a = 0; y + n + a <= missing; a++)
                same = same && strcmp(now, outcome(yes + y, no + n, abstain + a,
                                                   yes + no + abstain + missing, config)) == 0;
    if (same != tally_settled(&help_arena, &tally, missing))
        printf("# %d:%d:%d of %d more, %s\n", yes, no, abstain, missing, config);
    EXPECT(same == tally_settled(&help_arena, &tally, missing));
}

TEST(settled__as_trying_every_completion_shows)
{
    static const char *const configs[] = {
        "",
        "'absolute':true",
        "'threshold':[2,3],'inclusive':true",
        "'threshold':[1,3],'base':'cast','quorum':[1,2]",
        "'quorum':[2,3],'quorum_base':'yes_no'",
        "'tie_break':'casting_vote','casting_vote':'yes','minimum':3",
    };
    for (size_t c = 0; c < sizeof configs / sizeof configs[0]; c++)
        for (int votes_cast = 0; votes_cast < 64; votes_cast++)
            for (int missing = 0; missing < 4; missing++)
                compare_settled(votes_cast & 3, votes_cast >> 2 & 3, votes_cast >> 4, missing,
                                configs[c]);
}
