/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_help.h"
#include "tally_text.h"

static const char *text_of(const char *response)
{
    struct json json = help_json(response);
    struct buf buf;
    buf_init(&buf, &help_arena, SIZE_MAX);
    tally_text(&json, &buf);
    return buf_cstr(&buf);
}

TEST(text__majority)
{
    EXPECT_TEXT(text_of(count("{'method':'majority','electorate':12,'config':{'quorum':[3,4]},"
                              "'ballots':[{'count':5,'choice':'yes'},{'count':2,'choice':'no'}]}")),
                "method            majority\n"
                "outcome           no_quorum\n"
                "winners           -\n"
                "votes             7 cast, 12 eligible; quorum missed\n"
                "yes               5\n"
                "no                2\n"
                "abstain           0\n"
                "threshold         1/2\n"
                "inclusive         false\n"
                "base              7\n");
}

TEST(text__scores_with_halves)
{
    EXPECT_TEXT(text_of(ranked("borda", 1, "", "1 A, 2 CB")),
                "method            borda\n"
                "outcome           adopted\n"
                "winners           C\n"
                "ranking           1. C\n"
                "                  2. B\n"
                "                  3. A\n"
                "votes             3 cast; quorum met\n"
                "\n"
                "scores\n"
                "  A    2\n"
                "  B  2.5\n"
                "  C  4.5\n");
}

TEST(text__ties_and_matrices)
{
    /* A and B beat C 2:0 each and are equal. */
    const char *text =
        text_of(ranked("ranked_pairs", 1, "'tie_break':'lot','seed':'2024'", "1 ABC, 1 BAC"));
    EXPECT(strstr(text, "ranking           1. A, B\n                  2. C\n"
                        "tied              A, B; seats for them: 1; broken by: lot, seed 2024\n"));
    EXPECT(strstr(text, "smith_set         A, B\ncondorcet_winner  -\n"));
    EXPECT(strstr(text, "\npairwise (row over column)\n"
                        "          1  2  3\n"
                        "    1  A  -  1  2\n"
                        "    2  B  1  -  2\n"
                        "    3  C  0  0  -\n"));
    EXPECT(strstr(text, "\nlocked\n  A > C\n  B > C\n\nconflicts\n  -\n"));
    EXPECT(strstr(text_of(ranked("schulze", 1, "", "1 ABC, 1 BAC")), "broken by: nothing\n"));
}

TEST(text__rounds)
{
    const char *text = text_of(ranked("irv", 1, "", "4 A, 3 B, 1 CB, 1 C"));
    /* Level in round 2, B drops as the one that was lower before. */
    EXPECT(strstr(text, "tied              A, B; seats for them: 1; broken by: earlier_rounds\n"));
    EXPECT(strstr(text, "\nround 1\n"
                        "  A                 4\n"
                        "  B                 3  then +1\n"
                        "  C                 2\n"
                        "  eliminated: C\n"
                        "  exhausted: 0\n\n"
                        "round 2\n"
                        "  A                 4\n"
                        "  B                 4\n"
                        "  eliminated: B\n"
                        "  exhausted: 1\n"));
}
