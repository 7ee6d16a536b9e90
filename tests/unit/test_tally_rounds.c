/* SPDX-License-Identifier: Apache-2.0 */
/* Counting in rounds: FRAMEWORKS.md section 3.9. */
#include "tally_help.h"

TEST(irv__tennessee)
{
    const char *response = ranked("irv", 1, "", "42 MNCK, 26 NCKM, 15 CKNM, 17 KCNM");
    EXPECT_TEXT(part(response, "winners"), "['K']");
    EXPECT_TEXT(part(response, "report/rounds/0/eliminated"), "['C']");
    EXPECT_TEXT(part(response, "report/rounds/0/transfers"), "{'K':15}");
    EXPECT_TEXT(part(response, "report/rounds/1/tallies"), "{'K':32,'M':42,'N':26}");
    EXPECT_TEXT(part(response, "report/rounds/2"),
                "{'tallies':{'K':58,'M':42},'elected':['K'],'eliminated':[],'transfers':{},"
                "'exhausted':0}");
    EXPECT_TEXT(part(response, "report/rounds/3"), "(absent)");
}

TEST(irv__burlington_2009)
{
    /* Mayor of Burlington, Vermont, the last three (Montroll, Kiss, Wright), ballots as tabulated
     * by W. D. Smith at rangevoting.org: IRV elects Kiss, Montroll beats both in pairs. */
    static const char profile[] = "1332 MKW, 767 MWK, 455 M, 2043 KMW, 371 KWM, 568 K, 1513 WMK,"
                                  "495 WKM, 1289 W";
    const char *irv = ranked("irv", 1, "", profile);
    EXPECT_TEXT(part(irv, "winners"), "['K']");
    EXPECT_TEXT(part(irv, "report/rounds/1"),
                "{'tallies':{'K':4314,'W':4064},'elected':['K'],'eliminated':[],'transfers':{},"
                "'exhausted':455}");
    const char *schulze = ranked("schulze", 1, "", profile);
    EXPECT_TEXT(part(schulze, "report/condorcet_winner"), "'M'");
    EXPECT_TEXT(part(schulze, "report/pairwise/M"), "{'K':4067,'W':4597}");
}

TEST(irv__alaska_2022)
{
    /* Special general election for the House, August 2022, as certified: Begich drops, 27,053 of
     * his votes go to Palin, 15,467 to Peltola. */
    const char *response = ranked("irv", 1, "", "75799 P, 58973 S, 27053 BS, 15467 BP, 11290 B");
    EXPECT_TEXT(part(response, "report/rounds/1/tallies"), "{'P':91266,'S':86026}");
    EXPECT_TEXT(part(response, "report/rounds/1/exhausted"), "11290");
    EXPECT_TEXT(part(response, "winners"), "['P']");
}

TEST(irv__majority_of_continuing_ends_the_count)
{
    const char *response = ranked("irv", 1, "", "6 AB, 3 BA, 2 CB");
    EXPECT_TEXT(part(response, "report/rounds/0/elected"), "['A']");
    EXPECT_TEXT(part(response, "report/quota"), "6");
    /* 4 of 9 cast, but 4 of the 7 that continue */
    EXPECT_TEXT(part(ranked("irv", 1, "", "4 A, 3 B, 2 C"), "report/rounds/1/elected"), "['A']");
    /* exactly half is not a majority */
    EXPECT_TEXT(part(ranked("irv", 1, "", "5 A, 3 B, 2 CB"), "report/rounds/0/elected"), "[]");
}

TEST(irv__elimination_tie_looks_at_the_latest_round_that_differs)
{
    /* Round 1: A 10, B 7, C 6, D 3. Then B and C tie with 8, and C was lower. */
    const char *response = ranked("irv", 1, "", "10 A, 7 B, 6 C, 2 DC, 1 DB");
    EXPECT_TEXT(part(response, "report/rounds/1/tallies"), "{'A':10,'B':8,'C':8}");
    EXPECT_TEXT(part(response, "report/rounds/1/eliminated"), "['C']");
    EXPECT_TEXT(part(response, "ties"),
                "[{'options':['B','C'],'seats':1,'broken_by':'earlier_rounds'}]");
    EXPECT_TEXT(part(response, "winners"), "['A']");
}

TEST(irv__the_hopeless_drop_together)
{
    /* 2 + 2 are less than 5: no transfer could save C or D. */
    const char *response = ranked("irv", 1, "", "6 A, 5 B, 2 CB, 2 DB");
    EXPECT_TEXT(part(response, "report/rounds/0/eliminated"), "['C','D']");
    EXPECT_TEXT(part(response, "ties/0/broken_by"), "'joint_elimination'");
    EXPECT_TEXT(part(response, "winners"), "['B']");
    /* 2 + 2 are not less than 4. */
    const char *tied = ranked("irv", 1, "", "6 A, 4 B, 2 CB, 2 DB");
    EXPECT_TEXT(part(tied, "outcome"), "'tied'");
    EXPECT_TEXT(part(tied, "winners"), "[]");
    EXPECT_TEXT(part(tied, "ties"), "[{'options':['C','D'],'seats':1,'broken_by':null}]");
}

TEST(irv__last_two_tied)
{
    const char *response = ranked("irv", 1, "", "5 A, 5 B");
    EXPECT_TEXT(part(response, "outcome"), "'tied'");
    EXPECT_TEXT(part(response, "winners"), "['A','B']");
    EXPECT_TEXT(part(ranked("irv", 1, "'tie_break':'casting_vote','casting_vote':'B'", "5 A, 5 B"),
                     "winners"),
                "['B']");
    /* The lot of seed 2024 has B before A (test_tally.c), so A drops. */
    EXPECT_TEXT(part(ranked("irv", 1, "'tie_break':'lot','seed':2024", "5 A, 5 B"), "winners"),
                "['B']");
}

TEST(irv__equal_ranks)
{
    static const char profile[] = "4 A, 3 B, 2 C=AB";
    EXPECT_TEXT(ranked("irv", 1, "", profile), "/ballots/2/ranking/0 ranking_equal_ranks\n");
    const char *exhaust = ranked("irv", 1, "'equal_ranks':'exhaust'", profile);
    EXPECT_TEXT(part(exhaust, "winners"), "['A']");
    EXPECT_TEXT(part(exhaust, "report/rounds/0/exhausted"), "2");
    const char *skip = ranked("irv", 1, "'equal_ranks':'skip'", profile);
    EXPECT_TEXT(part(skip, "winners"), "['B']");
    EXPECT_TEXT(part(skip, "report/rounds/0/exhausted"), "0");
}

TEST(stv__the_party_food)
{
    /* Wikipedia, "Single transferable vote", older edition: 20 guests choose three of oranges,
     * pears, chocolate, strawberries, hamburgers (T); chocolate, oranges, strawberries win. */
    const char *response = ranked("stv", 3, "", "4 O, 2 PO, 8 CS, 4 CT, 1 S, 1 T");
    EXPECT_TEXT(part(response, "report/quota"), "6");
    EXPECT_TEXT(part(response, "winners"), "['C','O','S']");
    EXPECT_TEXT(part(response, "report/rounds/0/elected"), "['C']");
    EXPECT_TEXT(part(response, "report/rounds/0/transfers"), "{'S':'4.00000','T':'2.00000'}");
    EXPECT_TEXT(part(response, "report/rounds/1/eliminated"), "['P']");
    EXPECT_TEXT(part(response, "report/rounds/2/elected"), "['O']");
}

TEST(stv__values_are_cut_at_five_decimals)
{
    /* A has 7, the quota is 4: each of the 7 papers moves at 3/7 = 0.42857, the rest is lost. */
    const char *response = ranked("stv", 2, "", "7 AB, 2 C, 2 B");
    EXPECT_TEXT(part(response, "report/quota"), "4");
    EXPECT_TEXT(part(response, "report/rounds/1/tallies"),
                "{'A':'4.00000','B':'4.99999','C':'2.00000'}");
    EXPECT_TEXT(part(response, "report/rounds/1/exhausted"), "'0.00001'");
}

TEST(stv__a_second_surplus_multiplies_the_values)
{
    /* 3 seats, 16 papers, quota 5. A's surplus 5 of 10 moves 10 papers at 0.5 to B, who then has 8;
     * B's surplus is 3 of 8: papers of 0.5 go on at 0.18750, those of 1 at 0.37500. */
    const char *response = ranked("stv", 3, "", "10 ABC, 3 BD, 2 D, 1 C");
    EXPECT_TEXT(part(response, "report/rounds/2/tallies"),
                "{'A':'5.00000','B':'5.00000','C':'2.87500','D':'3.12500'}");
    EXPECT_TEXT(part(response, "winners"), "['A','B','D']");
}

TEST(stv__ties)
{
    /* Two equal surpluses and a seat left: nobody said what goes first. */
    const char *surplus = ranked("stv", 3, "", "40 AC, 40 BD, 12 C, 8 D");
    EXPECT_TEXT(part(surplus, "outcome"), "'tied'");
    EXPECT_TEXT(part(surplus, "winners"), "['A','B']");
    EXPECT_TEXT(part(surplus, "ties"), "[{'options':['A','B'],'seats':1,'broken_by':null}]");
    EXPECT_TEXT(
        part(ranked("stv", 3, "'tie_break':'lot','seed':1", "40 AC, 40 BD, 12 C, 8 D"), "winners"),
        "['A','B','C']");
    /* The last two are equal from the start: the elected, and the tied as nobody else is left. */
    const char *last = ranked("stv", 2, "", "10 A, 3 B, 3 C");
    EXPECT_TEXT(part(last, "outcome"), "'tied'");
    EXPECT_TEXT(part(last, "winners"), "['A','B','C']");
    EXPECT_TEXT(part(last, "ties"), "[{'options':['B','C'],'seats':1,'broken_by':null}]");
}

TEST(stv__dropping_together_leaves_enough_for_the_seats)
{
    /* 1 + 1 are less than A's 5, but two seats are left for A and one of them. */
    const char *response = ranked("stv", 3, "", "18 D, 5 A, 1 B, 1 C");
    EXPECT_TEXT(part(response, "outcome"), "'tied'");
    EXPECT_TEXT(part(response, "winners"), "['D']");
    EXPECT_TEXT(part(response, "ties"), "[{'options':['B','C'],'seats':2,'broken_by':null}]");
    EXPECT_TEXT(part(ranked("stv", 2, "", "18 D, 5 A, 1 B, 1 C"), "winners"), "['A','D']");
}

TEST(stv__equal_surpluses_look_at_the_latest_stage_that_differs)
{
    /* 41 papers, quota 11. C's papers bring A and B to 12 each; A was ahead, so A's go first. */
    const char *response = ranked("stv", 3, "", "10 AD, 9 BE, 2 CAD, 3 CBE, 8 D, 9 E");
    EXPECT_TEXT(part(response, "report/rounds/1/elected"), "['A','B']");
    EXPECT_TEXT(part(response, "report/rounds/1/transfers"), "{'D':'0.99996'}");
    EXPECT_TEXT(part(response, "report/rounds/2/transfers"), "{'E':'0.99996'}");
    EXPECT_TEXT(part(response, "ties"),
                "[{'options':['A','B'],'seats':1,'broken_by':'earlier_rounds'}]");
    EXPECT_TEXT(part(response, "winners"), "['A','B','E']");
}

TEST(stv__as_many_left_as_seats_are_elected)
{
    const char *response = ranked("stv", 2, "", "9 A, 1 B");
    EXPECT_TEXT(part(response, "winners"), "['A','B']");
    EXPECT_TEXT(part(response, "report/rounds/1"), "(absent)");
}

TEST(stv__ranking_is_the_order_of_election_then_of_leaving)
{
    EXPECT_TEXT(part(ranked("stv", 3, "", "4 O, 2 PO, 8 CS, 4 CT, 1 S, 1 T"), "ranking"),
                "[['C'],['O'],['S'],['T'],['P']]");
}
