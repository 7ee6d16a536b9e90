/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing in pairs: FRAMEWORKS.md section 3.10. */
#include "tally_help.h"

/* Schulze's own example, 45 voters (M. Schulze, "A new monotonic, clone-independent, reversal
 * symmetric …", 2011, and the framework reference). */
#define FORTY_FIVE "5 ACBED, 5 ADECB, 8 BEDAC, 3 CABED, 7 CAEBD, 2 CBADE, 7 DCEBA, 8 EBADC"
/* The Tennessee example of many textbooks: Memphis, Nashville, Chattanooga, Knoxville. */
#define TENNESSEE "42 MNCK, 26 NCKM, 15 CKNM, 17 KCNM"
/* Each beats the next by 2 to 1. */
#define CYCLE "1 ABC, 1 BCA, 1 CAB"

TEST(schulze__forty_five_voters)
{
    const char *response = ranked("schulze", 1, "", FORTY_FIVE);
    EXPECT_TEXT(part(response, "ranking"), "[['E'],['A'],['C'],['B'],['D']]");
    EXPECT_TEXT(part(response, "report/paths/E/A"), "25");
    EXPECT_TEXT(part(response, "report/paths/A/E"), "24");
    EXPECT_TEXT(part(response, "report/smith_set"), "['A','B','C','D','E']");
    EXPECT_TEXT(part(response, "report/condorcet_winner"), "null");
    EXPECT_TEXT(part(response, "report/pairwise/A"), "{'B':20,'C':26,'D':30,'E':22}");
}

TEST(tennessee__nashville_beats_every_other)
{
    static const char *const methods[] = {"schulze", "ranked_pairs", "copeland"};
    for (size_t i = 0; i < 3; i++) {
        const char *response = ranked(methods[i], 1, "", TENNESSEE);
        EXPECT_TEXT(part(response, "ranking"), "[['N'],['C'],['K'],['M']]");
        EXPECT_TEXT(part(response, "report/condorcet_winner"), "'N'");
        EXPECT_TEXT(part(response, "report/smith_set"), "['N']");
    }
}

TEST(schulze__an_order_may_be_partial)
{
    /* Wikipedia, "Schulze method", section on ties: B and D are both unbeaten. */
    const char *response = ranked("schulze", 1, "", "3 ABCD, 2 DABC, 2 DBCA, 2 CBDA");
    EXPECT_TEXT(part(response, "outcome"), "'tied'");
    EXPECT_TEXT(part(response, "winners"), "['B','D']");
    EXPECT_TEXT(part(response, "ties/0"), "{'options':['B','D'],'seats':1,'broken_by':null}");
}

TEST(schulze__seats_are_filled_by_the_order)
{
    EXPECT_TEXT(part(ranked("schulze", 3, "", FORTY_FIVE), "winners"), "['A','C','E']");
    EXPECT_TEXT(part(ranked("schulze", 2, "", CYCLE), "outcome"), "'tied'");
    EXPECT_TEXT(part(ranked("schulze", 2, "", CYCLE), "ties"),
                "[{'options':['A','B','C'],'seats':2,'broken_by':null}]");
}

TEST(schulze__lot_parts_the_winners_and_not_the_ranking)
{
    const char *response = ranked("schulze", 2, "'tie_break':'lot','seed':'2024'", CYCLE);
    EXPECT_TEXT(part(response, "outcome"), "'adopted'");
    EXPECT_TEXT(part(response, "winners"), "['B','C']"); /* see test_tally.c for the order */
    EXPECT_TEXT(part(response, "ranking"), "[['A','B','C']]");
}

/* The public tally sheet: "V: 2313": the ranks given to the options in their columns. */
static const char *debian(const char *method)
{
    const char *slash = strrchr(__FILE__, '/');
    const char *path = arena_printf(&help_arena, "%.*sdata/debian-leader-2020-tally.txt",
                                    slash ? (int)(slash - __FILE__ + 1) : 0, __FILE__);
    FILE *file = fopen(path, "r");
    struct buf buf;
    char line[256];
    const char *comma = "";
    buf_init(&buf, &help_arena, SIZE_MAX);
    buf_printf(&buf, "{'method':'%s','options':['Carter','Chandran','Gupta','None'],'ballots':[",
               method);
    static const char *const names[] = {"Carter", "Chandran", "Gupta", "None"};
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "V: ", 3) != 0)
            continue;
        buf_printf(&buf, "%s{'ranking':[", comma);
        comma = ",";
        const char *group = "[";
        for (char rank = '1'; rank <= '9'; rank++) {
            bool any = false;
            for (size_t i = 0; i < 4; i++)
                if (line[3 + i] == rank) {
                    buf_printf(&buf, "%s'%s'", any ? "," : group, names[i]);
                    group = ",[";
                    any = true;
                }
            if (any)
                buf_text(&buf, "]");
        }
        buf_text(&buf, "]}");
    }
    if (file)
        fclose(file);
    buf_text(&buf, "]}");
    return count(buf_cstr(&buf));
}

TEST(schulze__debian_project_leader_2020)
{
    /* https://www.debian.org/vote/2020/vote_001 */
    const char *response = debian("schulze");
    EXPECT_TEXT(part(response, "quorum/cast"), "339");
    EXPECT_TEXT(part(response, "ranking"), "[['Carter'],['Chandran'],['Gupta'],['None']]");
    EXPECT_TEXT(part(response, "winners"), "['Carter']");
}

TEST(unranked__last_and_ignored_can_differ)
{
    /* 3 know only A; of those who know B and A, most prefer B. */
    static const char profile[] = "3 A, 2 BA, 1 AB";
    EXPECT_TEXT(part(ranked("schulze", 1, "", profile), "winners"), "['A']");
    EXPECT_TEXT(part(ranked("schulze", 1, "'unranked':'last'", profile), "report/pairwise"),
                "{'A':{'B':4},'B':{'A':2}}");
    const char *ignored = ranked("schulze", 1, "'unranked':'ignored'", profile);
    EXPECT_TEXT(part(ignored, "winners"), "['B']");
    EXPECT_TEXT(part(ignored, "report/pairwise"), "{'A':{'B':1},'B':{'A':2}}");
}

TEST(strength__winning_votes_and_margins_can_differ)
{
    /* C beats A 8:5, A beats B 9:8, B beats C 7:2. The weakest of these defeats is C's by votes and
     * B's by margin. */
#define PAIRS "5 AC, 8 CA, 9 AB, 8 BA, 7 BC, 2 CB"
    const char *votes = ranked("minimax", 1, "'unranked':'ignored'", PAIRS);
    EXPECT_TEXT(part(votes, "report/scores"), "{'A':8,'B':9,'C':7}");
    EXPECT_TEXT(part(votes, "winners"), "['C']");
    const char *margins = ranked("minimax", 1, "'unranked':'ignored','strength':'margins'", PAIRS);
    EXPECT_TEXT(part(margins, "report/scores"), "{'A':3,'B':1,'C':5}");
    EXPECT_TEXT(part(margins, "winners"), "['B']");
    const char *opposition =
        ranked("minimax", 1, "'unranked':'ignored','strength':'opposition'", PAIRS);
    EXPECT_TEXT(part(opposition, "report/scores"), "{'A':8,'B':9,'C':7}");
    static const char *const methods[] = {"schulze", "ranked_pairs"};
    for (size_t i = 0; i < 2; i++) {
        EXPECT_TEXT(part(ranked(methods[i], 1, "'unranked':'ignored'", PAIRS), "winners"), "['C']");
        EXPECT_TEXT(part(ranked(methods[i], 1, "'unranked':'ignored','strength':'margins'", PAIRS),
                         "winners"),
                    "['B']");
    }
}

TEST(minimax__unbeaten)
{
    /* A beats B 3:1: 0 under winning votes, its margin of -2, and 1 against it */
    EXPECT_TEXT(part(ranked("minimax", 1, "", "3 AB, 1 BA"), "report/scores"), "{'A':0,'B':3}");
    EXPECT_TEXT(part(ranked("minimax", 1, "'strength':'margins'", "3 AB, 1 BA"), "report/scores"),
                "{'A':-2,'B':2}");
    EXPECT_TEXT(
        part(ranked("minimax", 1, "'strength':'opposition'", "3 AB, 1 BA"), "report/scores"),
        "{'A':1,'B':3}");
}

TEST(minimax__forty_five_voters)
{
    EXPECT_TEXT(part(ranked("minimax", 1, "", FORTY_FIVE), "report/scores"),
                "{'A':25,'B':29,'C':28,'D':33,'E':24}");
    EXPECT_TEXT(part(ranked("minimax", 1, "", FORTY_FIVE), "winners"), "['E']");
}

TEST(copeland__two_for_a_win_and_one_for_a_tie)
{
    EXPECT_TEXT(part(ranked("copeland", 1, "", "1 ABC, 1 ACB"), "report/scores"),
                "{'A':4,'B':1,'C':1}");
    EXPECT_TEXT(part(ranked("copeland", 1, "", FORTY_FIVE), "report/scores"),
                "{'A':4,'B':4,'C':4,'D':2,'E':6}");
}

TEST(smith_set__ties_belong_together)
{
    /* A and B tie and beat C. */
    EXPECT_TEXT(part(ranked("copeland", 1, "", "1 ABC, 1 BAC"), "report/smith_set"), "['A','B']");
    /* A beats B, C ties with both: nobody may be left out. */
    EXPECT_TEXT(part(ranked("copeland", 1, "", "1 ABC, 1 CAB"), "report/smith_set"),
                "['A','B','C']");
    EXPECT_TEXT(part(ranked("copeland", 1, "", CYCLE), "report/smith_set"), "['A','B','C']");
}

TEST(ranked_pairs__forty_five_voters)
{
    const char *response = ranked("ranked_pairs", 1, "", FORTY_FIVE);
    EXPECT_TEXT(part(response, "ranking"), "[['A'],['C'],['E'],['B'],['D']]");
    EXPECT_TEXT(part(response, "report/locked"),
                "[['B','D'],['E','D'],['A','D'],['C','B'],['E','B'],['A','C'],['C','E']]");
    EXPECT_TEXT(part(response, "report/conflicts"), "[]");
}

TEST(ranked_pairs__equal_pairs_that_conflict_are_a_tie)
{
    const char *response = ranked("ranked_pairs", 1, "", CYCLE);
    EXPECT_TEXT(part(response, "outcome"), "'tied'");
    EXPECT_TEXT(part(response, "winners"), "['A','B','C']");
    EXPECT_TEXT(part(response, "report/locked"), "[]");
    EXPECT_TEXT(part(response, "report/conflicts"), "[['A','B'],['B','C'],['C','A']]");
    /* D above all: the conflict is among the losers and the winner is certain. */
    const char *below = ranked("ranked_pairs", 1, "", "1 DABC, 1 DBCA, 1 DCAB");
    EXPECT_TEXT(part(below, "outcome"), "'adopted'");
    EXPECT_TEXT(part(below, "ranking"), "[['D'],['A','B','C']]");
    EXPECT_TEXT(part(below, "ties"), "[{'options':['A','B','C'],'seats':0,'broken_by':null}]");
}

TEST(ranked_pairs__of_equal_pairs_the_one_with_weaker_opposition_goes_first)
{
    /* A>B 6:1, B>C 6:2, C>A 6:3 */
    const char *response =
        ranked("ranked_pairs", 1, "'unranked':'ignored'", "6 AB, 1 BA, 6 BC, 2 CB, 6 CA, 3 AC");
    EXPECT_TEXT(part(response, "outcome"), "'adopted'");
    EXPECT_TEXT(part(response, "ranking"), "[['A'],['B'],['C']]");
    EXPECT_TEXT(part(response, "report/locked"), "[['A','B'],['B','C']]");
}

TEST(ranked_pairs__what_every_order_locks_is_certain)
{
    /* Margins: A>B 5 and A>C 3 are locked; D>A, B>D, C>D and C>B are equal. Any order locks either
     * D>A or B>D with C>D, but C>B in any case. */
    const char *response =
        ranked("ranked_pairs", 1, "'strength':'margins'", "1 CDAB, 2 ACBD, 2 DABC, 1 CBDA, 1 ABDC");
    EXPECT_TEXT(part(response, "ranking"), "[['A','D'],['C'],['B']]");
    EXPECT_TEXT(part(response, "report/locked"), "[['A','B'],['A','C'],['C','B']]");
    EXPECT_TEXT(part(response, "report/conflicts"), "[['B','D'],['C','D'],['D','A']]");
}

TEST(ranked_pairs__too_many_orders_end_with_the_smith_set)
{
    /* Rotations of 26: a cycle of equal pairs that nobody could follow to its end. */
    struct buf buf;
    buf_init(&buf, &help_arena, SIZE_MAX);
    for (int i = 0; i < 25; i++) {
        buf_printf(&buf, "%s1 ", i ? "," : "");
        for (int k = 0; k < 25; k++)
            buf_char(&buf, (char)('A' + (i + k) % 25));
    }
    const char *response = ranked("ranked_pairs", 1, "", buf_cstr(&buf));
    EXPECT_TEXT(part(response, "outcome"), "'tied'");
    EXPECT_TEXT(part(response, "winners"), part(response, "report/smith_set"));
}

/* ---- status quo ---- */

TEST(status_quo__must_be_beaten)
{
    /* A beats Q 6 to 4. */
    static const char profile[] = "6 AQB, 4 QBA";
    EXPECT_TEXT(part(ranked("schulze", 1, "'status_quo':'Q'", profile), "winners"), "['A']");
    EXPECT_TEXT(
        part(ranked("schulze", 1, "'status_quo':'Q','against_status_quo':[59,100]", profile),
             "outcome"),
        "'adopted'");
    const char *short_of =
        ranked("schulze", 1, "'status_quo':'Q','against_status_quo':[3,5]", profile);
    EXPECT_TEXT(part(short_of, "outcome"), "'rejected'");
    EXPECT_TEXT(part(short_of, "winners"), "[]");
    EXPECT_TEXT(part(short_of, "ranking"), "[['A'],['Q'],['B']]");
}

TEST(status_quo__winning_adopts_nothing)
{
    EXPECT_TEXT(part(ranked("copeland", 1, "'status_quo':'A'", "3 AB, 2 BA"), "outcome"),
                "'rejected'");
    EXPECT_TEXT(part(ranked("copeland", 1, "'status_quo':'A'", "2 AB, 2 BA"), "outcome"),
                "'rejected'");
    EXPECT_TEXT(part(ranked("copeland", 1, "'status_quo':'A'", "2 AB, 3 BA"), "winners"), "['B']");
}

TEST(status_quo__is_compared_among_those_who_prefer_one)
{
    /* 2 of 3 who see a difference, with 9 who see none */
    EXPECT_TEXT(part(ranked("minimax", 1, "'status_quo':'Q','against_status_quo':[3,5]",
                            "2 AQ, 1 QA, 9 A=Q"),
                     "winners"),
                "['A']");
}

TEST(status_quo__leaves_seats_empty)
{
    /* Order A Q B with two seats: B is below the status quo. */
    EXPECT_TEXT(part(ranked("schulze", 2, "'status_quo':'Q'", "6 AQB, 4 QBA"), "winners"), "['A']");
    EXPECT_TEXT(part(ranked("schulze", 3, "'status_quo':'Q'", "6 AQB, 4 QBA"), "winners"), "['A']");
}

TEST(status_quo__in_a_tie)
{
    /* A beats Q, Q beats B, B beats A: adopting A or nothing is what is tied. */
    const char *open = ranked("copeland", 1, "'status_quo':'Q'", "1 AQB, 1 QBA, 1 BAQ");
    EXPECT_TEXT(part(open, "outcome"), "'tied'");
    EXPECT_TEXT(part(open, "winners"), "['A','B','Q']");
    /* Where A falls short, too, nothing is adopted whoever wins. */
    const char *none =
        ranked("copeland", 1, "'status_quo':'Q','against_status_quo':[2,3]", "1 AQB, 1 QBA, 1 BAQ");
    EXPECT_TEXT(part(none, "outcome"), "'rejected'");
}

TEST(status_quo__config)
{
    EXPECT_TEXT(ranked("schulze", 1, "'against_status_quo':[2,3]", "1 AB"),
                "/config/status_quo required\n");
    EXPECT_TEXT(ranked("stv", 1, "'status_quo':'A'", "1 AB"),
                "/config/status_quo unknown_member\n");
}
