/* SPDX-License-Identifier: Apache-2.0 */
/* Adding up: FRAMEWORKS.md sections 3.7 and 3.8. */
#include "tally_help.h"

TEST(approval__the_most_approved_wins)
{
    const char *response = count("{'method':'approval','options':['A','B','C'],'ballots':["
                                 "{'count':3,'approve':['A','B']},{'count':2,'approve':['B']},"
                                 "{'approve':['C']},{'count':4,'approve':[]}]}");
    EXPECT_TEXT(part(response, "winners"), "['B']");
    EXPECT_TEXT(part(response, "ranking"), "[['B'],['A'],['C']]");
    EXPECT_TEXT(part(response, "report/scores"), "{'A':3,'B':5,'C':1}");
    EXPECT_TEXT(part(response, "quorum/cast"), "10");
}

TEST(approval__tie_at_the_cut_is_for_the_seats_left)
{
    const char *format = "{'method':'approval','seats':%d,'options':['A','B','C','D'],'ballots':["
                         "{'count':3,'approve':['D']},{'count':2,'approve':['A','B','C']}]}";
    const char *two = count(arena_printf(&help_arena, format, 2));
    EXPECT_TEXT(part(two, "outcome"), "'tied'");
    EXPECT_TEXT(part(two, "winners"), "['A','B','C','D']");
    EXPECT_TEXT(part(two, "ties"), "[{'options':['A','B','C'],'seats':1,'broken_by':null}]");
    const char *three = count(arena_printf(&help_arena, format, 3));
    EXPECT_TEXT(part(three, "ties"), "[{'options':['A','B','C'],'seats':2,'broken_by':null}]");
    const char *one = count(arena_printf(&help_arena, format, 1));
    EXPECT_TEXT(part(one, "outcome"), "'adopted'");
    EXPECT_TEXT(part(one, "winners"), "['D']");
    EXPECT_TEXT(part(one, "ties"), "[{'options':['A','B','C'],'seats':0,'broken_by':null}]");
    const char *four = count(arena_printf(&help_arena, format, 4));
    EXPECT_TEXT(part(four, "outcome"), "'adopted'");
}

TEST(approval__floor_is_of_those_who_did_not_abstain)
{
    const char *format = "{'method':'approval','seats':2,'options':['A','B'],"
                         "'config':{'floor':[%d,%d]},'ballots':[{'count':4,'approve':['A']},"
                         "{'count':2,'approve':['B']},{'count':6,'approve':[]}]}";
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, 1, 3)), "winners"), "['A','B']");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, 1, 2)), "winners"), "['A']");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, 2, 3)), "winners"), "['A']");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, 3, 4)), "outcome"), "'rejected'");
}

TEST(plurality__tennessee)
{
    const char *response = count("{'method':'plurality','options':['M','N','C','K'],'ballots':["
                                 "{'count':42,'choice':'M'},{'count':26,'choice':'N'},"
                                 "{'count':15,'choice':'C'},{'count':17,'choice':'K'},"
                                 "{'count':9,'choice':null}]}");
    EXPECT_TEXT(part(response, "winners"), "['M']");
    EXPECT_TEXT(part(response, "ranking"), "[['M'],['N'],['K'],['C']]");
    EXPECT_TEXT(part(response, "quorum/cast"), "109");
}

/* The profiles of the framework reference, with the scores it gives. */
TEST(borda__published_profiles)
{
    EXPECT_TEXT(part(ranked("borda", 1, "",
                            "5 ACBED, 5 ADECB, 8 BEDAC, 3 CABED, 7 CAEBD, 2 CBADE,"
                            "7 DCEBA, 8 EBADC"),
                     "report/scores"),
                "{'A':98,'B':92,'C':89,'D':69,'E':102}");
    EXPECT_TEXT(part(ranked("borda", 1, "", "42 MNCK, 26 NCKM, 15 CKNM, 17 KCNM"), "report/scores"),
                "{'C':173,'K':107,'M':126,'N':194}");
}

TEST(borda__unranked_and_equal_share_their_places)
{
    /* of 3, 2, 1, 0: A 3, the others the mean of 2, 1, 0 */
    EXPECT_TEXT(part(ranked("borda", 1, "", "1 A, 1 ABCD"), "report/scores"),
                "{'A':6,'B':3,'C':2,'D':1}");
    /* of 2, 1, 0: A and B share 2 and 1, then B and C share 1 and 0 */
    EXPECT_TEXT(part(ranked("borda", 1, "", "1 A=BC"), "report/scores"), "{'A':1.5,'B':1.5,'C':0}");
    EXPECT_TEXT(part(ranked("borda", 1, "", "1 A=BC, 1 A"), "report/scores"),
                "{'A':3.5,'B':2,'C':0.5}");
    EXPECT_TEXT(part(ranked("borda", 1, "", "1 A, 5 "), "report/scores"), "{'A':0}");
}

TEST(score__unrated_is_zero_unless_ignored)
{
    const char *format = "{'method':'score','options':['A','B','C'],'config':{'max':5%s},"
                         "'ballots':[{'scores':{'A':3,'B':5}},{'count':2,'scores':{'A':3}}]}";
    const char *zero = count(arena_printf(&help_arena, format, ""));
    EXPECT_TEXT(part(zero, "report/scores"), "{'A':9,'B':5,'C':0}");
    EXPECT_TEXT(part(zero, "winners"), "['A']");
    const char *ignore =
        count(arena_printf(&help_arena, format, ",'unrated':'ignore','min_ratings':1"));
    EXPECT_TEXT(part(ignore, "report/scores"), "{'A':[9,3],'B':[5,1],'C':[0,0]}");
    EXPECT_TEXT(part(ignore, "winners"), "['B']");
    EXPECT_TEXT(part(ignore, "ranking"), "[['B'],['A'],['C']]");
    const char *enough =
        count(arena_printf(&help_arena, format, ",'unrated':'ignore','min_ratings':2"));
    EXPECT_TEXT(part(enough, "winners"), "['A']");
    const char *nobody =
        count(arena_printf(&help_arena, format, ",'unrated':'ignore','min_ratings':4"));
    EXPECT_TEXT(part(nobody, "outcome"), "'rejected'");
    EXPECT_TEXT(count(arena_printf(&help_arena, format, ",'unrated':'ignore'")),
                "/config/min_ratings required\n");
}

TEST(score__means_are_compared_exactly)
{
    /* 10/3 against 333333333/100000000: the first is larger by a third of 10^-8 */
    EXPECT_TEXT(part(count("{'method':'score','options':['A','B'],"
                           "'config':{'max':4,'unrated':'ignore','min_ratings':1},'ballots':["
                           "{'count':33333333,'scores':{'A':4}},"
                           "{'count':66666667,'scores':{'A':3}},"
                           "{'count':1,'scores':{'B':4}},{'count':2,'scores':{'B':3}}]}"),
                     "ranking"),
                "[['B'],['A']]");
    /* 4/2 and 2/1 are equal */
    EXPECT_TEXT(part(count("{'method':'score','options':['A','B'],"
                           "'config':{'unrated':'ignore','min_ratings':1},'ballots':["
                           "{'scores':{'A':1,'B':2}},{'scores':{'A':3}}]}"),
                     "ranking"),
                "[['A','B']]");
}

TEST(score__negative_values)
{
    EXPECT_TEXT(part(count("{'method':'score','options':['A','B'],'config':{'min':-2,'max':2},"
                           "'ballots':[{'count':3,'scores':{'A':-2}}]}"),
                     "report/scores"),
                "{'A':-6,'B':0}");
    EXPECT_TEXT(count("{'method':'score','options':['A'],'config':{'min':3,'max':2},"
                      "'ballots':[]}"),
                "/config/min too_large\n");
}

TEST(dot_and_quadratic__sum_the_points)
{
    EXPECT_TEXT(part(count("{'method':'dot','options':['A','B'],'config':{'budget':5},'ballots':["
                           "{'points':{'A':4,'B':1}},{'count':2,'points':{'B':3}}]}"),
                     "report/scores"),
                "{'A':4,'B':7}");
    EXPECT_TEXT(part(count("{'method':'quadratic','options':['A','B'],'config':{'budget':25},"
                           "'ballots':[{'points':{'A':-4,'B':3}},{'points':{'A':5}}]}"),
                     "report/scores"),
                "{'A':1,'B':3}");
    EXPECT_TEXT(count("{'method':'quadratic','options':['A','B'],'config':{'budget':25},"
                      "'ballots':[{'points':{'A':5,'B':1}}]}"),
                "/ballots/0/points ballot_budget_exceeded\n");
}

static const char *star(const char *ballots)
{
    return count(arena_printf(
        &help_arena, "{'method':'star','options':['A','B','C','D'],'ballots':[%s]}", ballots));
}

TEST(star__the_runoff_may_turn_the_totals)
{
    const char *response = star("{'count':2,'scores':{'A':5,'B':0}},"
                                "{'count':3,'scores':{'A':3,'B':4,'C':1}}");
    EXPECT_TEXT(part(response, "report/scores"), "{'A':19,'B':12,'C':3,'D':0}");
    EXPECT_TEXT(part(response, "report/runoff"), "{'A':2,'B':3}");
    EXPECT_TEXT(part(response, "winners"), "['B']");
    EXPECT_TEXT(part(response, "ranking"), "[['B'],['A'],['C'],['D']]");
}

TEST(star__scoring_tie_goes_to_the_head_to_head_winner)
{
    /* B and C tie for the second place of the runoff; B beats C 2 to 1. */
    const char *response = star("{'scores':{'A':5,'B':2,'C':1}},{'scores':{'A':5,'B':2,'C':1}},"
                                "{'scores':{'A':5,'B':1,'C':3}}");
    EXPECT_TEXT(part(response, "ties"),
                "[{'options':['B','C'],'seats':1,'broken_by':'head_to_head'}]");
    EXPECT_TEXT(part(response, "report/runoff"), "{'A':3,'B':0}");
}

TEST(star__then_to_more_five_stars)
{
    /* B and C tie with 7 and beat each other once; C has a five. */
    const char *response = star("{'scores':{'A':5,'B':4,'C':2}},{'scores':{'A':5,'B':3,'C':5}}");
    EXPECT_TEXT(part(response, "ties"),
                "[{'options':['B','C'],'seats':1,'broken_by':'five_stars'}]");
    EXPECT_TEXT(part(response, "report/runoff"), "{'A':1,'C':0}");
}

TEST(star__then_every_runoff_is_counted)
{
    /* Whoever of B and C gets in, A wins. */
    const char *same = star("{'scores':{'A':5,'B':4,'C':3}},{'scores':{'A':5,'B':3,'C':4}}");
    EXPECT_TEXT(part(same, "outcome"), "'adopted'");
    EXPECT_TEXT(part(same, "winners"), "['A']");
    EXPECT_TEXT(part(same, "ties/0"), "{'options':['B','C'],'seats':1,'broken_by':'every_runoff'}");
    EXPECT_TEXT(part(same, "report/runoff"), "null");
    /* A, B and C are alike: each wins some runoff. */
    const char *cycle = star("{'scores':{'A':4,'B':3,'C':2}},{'scores':{'A':2,'B':4,'C':3}},"
                             "{'scores':{'A':3,'B':2,'C':4}}");
    EXPECT_TEXT(part(cycle, "outcome"), "'tied'");
    EXPECT_TEXT(part(cycle, "winners"), "['A','B','C']");
}

TEST(star__runoff_tie_goes_to_the_higher_total)
{
    const char *response = star("{'scores':{'A':5,'B':3}},{'scores':{'A':3,'B':4}}");
    EXPECT_TEXT(part(response, "winners"), "['A']");
    EXPECT_TEXT(part(response, "ties/0"), "{'options':['A','B'],'seats':1,'broken_by':'total'}");
    const char *fives = star("{'scores':{'A':5,'B':3}},{'scores':{'A':2,'B':4}}");
    EXPECT_TEXT(part(fives, "winners"), "['A']");
    EXPECT_TEXT(part(fives, "ties/0"), "{'options':['A','B'],'seats':1,'broken_by':'five_stars'}");
    const char *tied = star("{'scores':{'A':4,'B':3}},{'scores':{'A':3,'B':4}}");
    EXPECT_TEXT(part(tied, "outcome"), "'tied'");
    EXPECT_TEXT(part(tied, "winners"), "['A','B']");
}

TEST(star__takes_zero_to_five)
{
    EXPECT_TEXT(star("{'scores':{'A':6,'B':-1}}"),
                "/ballots/0/scores/A ballot_value_out_of_range\n"
                "/ballots/0/scores/B ballot_value_out_of_range\n");
}
