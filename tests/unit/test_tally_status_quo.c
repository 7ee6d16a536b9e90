/* SPDX-License-Identifier: Apache-2.0 */
/* The option that the winner must beat, in methods that count no pairs; those that do are in
 * test_tally_condorcet.c. All counted by hand. */
#include "tally_help.h"

/* Q is the status quo among A, B and Q. */
#define REQUEST(method, config, ballots)                                                           \
    "{'method':'" method "','options':['A','B','Q'],'config':{'status_quo':'Q'" config             \
    "},'ballots':[" ballots "]}"

static void expect(const char *request, const char *outcome, const char *winners,
                   const char *against)
{
    const char *response = count(request);
    EXPECT_TEXT(part(response, "outcome"), outcome);
    EXPECT_TEXT(part(response, "winners"), winners);
    EXPECT_TEXT(part(response, "report/against_status_quo/A"), against);
}

#define CHOSEN "{'count':3,'choice':'A'},{'count':2,'choice':'Q'},{'choice':'B'}"

TEST(status_quo__plurality)
{
    expect(REQUEST("plurality", "", CHOSEN), "'adopted'", "['A']", "[3,2]");
    /* 3 of the 5 who chose either are 3/5, not more */
    expect(REQUEST("plurality", ",'against_status_quo':[3,5]", CHOSEN), "'rejected'", "[]",
           "[3,2]");
    expect(REQUEST("plurality", "", "{'count':2,'choice':'Q'},{'choice':'A'}"), "'rejected'", "[]",
           "[1,2]");
    expect(REQUEST("plurality", "", ""), "'rejected'", "[]", "[0,0]");
}

TEST(status_quo__approval)
{
    /* A 5, Q 4; two approve A and not Q, one Q and not A */
#define APPROVED "{'count':3,'approve':['A','Q']},{'count':2,'approve':['A']},{'approve':['Q']}"
    expect(REQUEST("approval", "", APPROVED), "'adopted'", "['A']", "[2,1]");
    expect(REQUEST("approval", ",'against_status_quo':[2,3]", APPROVED), "'rejected'", "[]",
           "[2,1]");
}

TEST(status_quo__ratings)
{
    /* A has 7 points and Q 4, but two of three rate Q higher */
    expect(REQUEST("score", "", "{'scores':{'A':5}},{'count':2,'scores':{'A':1,'Q':2}}"),
           "'rejected'", "[]", "[1,2]");
    expect(REQUEST("score", "", "{'scores':{'A':5}},{'scores':{'Q':3}},{'scores':{'A':4,'Q':1}}"),
           "'adopted'", "['A']", "[2,1]");
    /* where unrated is ignored, only who rated both has compared them */
    expect(REQUEST("score", ",'unrated':'ignore','min_ratings':1",
                   "{'scores':{'A':5}},{'scores':{'Q':3}},{'scores':{'A':4,'Q':1}}"),
           "'adopted'", "['A']", "[1,0]");
    expect(REQUEST("star", "", "{'count':2,'scores':{'A':5,'Q':4}},{'scores':{'Q':5}}"),
           "'adopted'", "['A']", "[2,1]");
    expect(REQUEST("star", ",'against_status_quo':[2,3]",
                   "{'count':2,'scores':{'A':5,'Q':4}},{'scores':{'Q':5}}"),
           "'rejected'", "[]", "[2,1]");
}

TEST(status_quo__points)
{
    /* A has 10 points and Q 8, from two who prefer it */
    expect(REQUEST("dot", "", "{'points':{'A':10}},{'count':2,'points':{'Q':4}}"), "'rejected'",
           "[]", "[1,2]");
    expect(REQUEST("quadratic", "", "{'points':{'A':3,'Q':-1}},{'points':{'B':2}}"), "'adopted'",
           "['A']", "[1,0]");
}

TEST(status_quo__rankings)
{
    static const char profile[] = "3 ABQ, 2 QAB"; /* Borda: A 8, Q 4, B 3 */
    const char *borda = ranked("borda", 1, "'status_quo':'Q'", profile);
    EXPECT_TEXT(part(borda, "winners"), "['A']");
    EXPECT_TEXT(part(borda, "report/against_status_quo"), "{'A':[3,2],'B':[3,2]}");
    EXPECT_TEXT(
        part(ranked("borda", 1, "'status_quo':'Q','against_status_quo':[3,5]", profile), "outcome"),
        "'rejected'");
    /* unranked stand after all others */
    EXPECT_TEXT(
        part(ranked("borda", 1, "'status_quo':'Q'", "2 A, 1 Q, 1 B"), "report/against_status_quo"),
        "{'A':[2,1],'B':[1,1]}");
    EXPECT_TEXT(part(ranked("irv", 1, "'status_quo':'Q'", "5 AQ, 4 QA"), "winners"), "['A']");
    EXPECT_TEXT(part(ranked("irv", 1, "'status_quo':'Q','against_status_quo':[5,9]", "5 AQ, 4 QA"),
                     "outcome"),
                "'rejected'");
    /* B drops, and its ballots make Q the winner: 5 to 4 */
    EXPECT_TEXT(part(ranked("irv", 1, "'status_quo':'Q'", "4 AQ, 3 QA, 2 BQ"), "outcome"),
                "'rejected'");
}

TEST(status_quo__leaves_seats_empty)
{
    expect(
        "{'method':'plurality','options':['A','B','Q'],'seats':2,'config':{'status_quo':'Q'},"
        "'ballots':[{'count':4,'choice':'A'},{'count':3,'choice':'Q'},{'count':2,'choice':'B'}]}",
        "'adopted'", "['A']", "[4,3]");
}

TEST(status_quo__in_a_tie)
{
#define TIE "{'count':2,'choice':'A'},{'count':2,'choice':'B'},{'choice':'Q'}"
    expect(REQUEST("plurality", "", TIE), "'tied'", "['A','B']", "[2,1]");
    /* neither beats it by more than 2/3, so the tie decides nothing */
    expect(REQUEST("plurality", ",'against_status_quo':[2,3]", TIE), "'rejected'", "[]", "[2,1]");
    expect(REQUEST("plurality", ",'tie_break':'casting_vote','casting_vote':'B'", TIE), "'adopted'",
           "['B']", "[2,1]");
    /* any of the three may win, and B would beat Q */
    EXPECT_TEXT(part(ranked("irv", 1, "'status_quo':'Q'", "1 ABQ, 1 BQA, 1 QAB"), "outcome"),
                "'tied'");
}

TEST(status_quo__quorum_comes_first)
{
    EXPECT_TEXT(part(count("{'method':'plurality','options':['A','Q'],'electorate':9,"
                           "'config':{'status_quo':'Q','quorum':[1,2]},"
                           "'ballots':[{'choice':'A'}]}"),
                     "outcome"),
                "'no_quorum'");
}

TEST(status_quo__config)
{
    static const char *const methods[] = {"plurality", "approval",  "score", "star",
                                          "dot",       "quadratic", "borda", "irv"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        EXPECT_TEXT(count(arena_printf(&help_arena,
                                       "{'method':'%s','options':['A','B'],"
                                       "'config':{'status_quo':'Z','against_status_quo':[3,2]},"
                                       "'ballots':[]}",
                                       methods[i])),
                    "/config/status_quo unknown_option\n/config/against_status_quo too_large\n");
    EXPECT_TEXT(count("{'method':'majority','config':{'status_quo':'yes'},'ballots':[]}"),
                "/config/status_quo unknown_member\n");
}
