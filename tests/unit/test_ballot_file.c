/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the ballot files of others, and counting published ones. */
#include "decide/ballot_file.h"
#include "tally_help.h"

/* The request, or the faults. */
static const char *read_as(const char *name, const char *text, const char *method)
{
    struct json request;
    struct faults faults;
    struct buf buf;
    faults_init(&faults, &help_arena);
    buf_init(&buf, &help_arena, SIZE_MAX);
    if (ballot_file_read(&help_arena, name, text, strlen(text), method, &request, &faults))
        json_write(&buf, &request);
    for (size_t i = 0; i < faults.count; i++)
        buf_printf(&buf, "%s %s\n", faults.items[i].pointer, faults.items[i].code);
    return buf_cstr(&buf);
}

static const char *data(const char *name)
{
    const char *slash = strrchr(__FILE__, '/');
    const char *path = arena_printf(&help_arena, "%.*sdata/%s",
                                    slash ? (int)(slash - __FILE__ + 1) : 0, __FILE__, name);
    char *text = arena_alloc(&help_arena, 100000);
    FILE *file = fopen(path, "r");
    EXPECT(file != NULL);
    if (file) {
        EXPECT(fread(text, 1, 99999, file) > 0);
        fclose(file);
    }
    return text;
}

TEST(blt__aberdeen_2022_ward_6)
{
    /* Elected were Alexander McLellan, Ross Grant and Kairin van Sweeden. */
    const char *response = count(read_as("aberdeen.BLT", data("aberdeen-2022-ward6.blt"), NULL));
    EXPECT_TEXT(part(response, "report/quota"), "655");
    EXPECT_TEXT(part(response, "report/rounds/0/elected"),
                "['Alexander MCLELLAN \\'Scottish National Party (SNP)\\'']");
    EXPECT_TEXT(part(response, "winners"),
                "['Ross James GRANT \\'Aberdeen Labour (Lab)\\'',"
                "'Alexander MCLELLAN \\'Scottish National Party (SNP)\\'',"
                "'Kairin VAN SWEEDEN \\'Scottish National Party (SNP)\\'']");
    EXPECT_TEXT(part(response, "report/rounds/9/elected"),
                "['Kairin VAN SWEEDEN \\'Scottish National Party (SNP)\\'']");
}

TEST(blt__withdrawn_equal_and_skipped)
{
    EXPECT_TEXT(read_as("a.blt",
                        "4 2 # candidates, seats\n-2\n\n3 1 2 3=4 0\n(id 7) 1 4 - 1 0\n2 0\n"
                        "0\n\"Ann\"\n\"Bob\"\n\"C \"\"the\"\" D\"\n\"E # F\"\n\"Title\"\n",
                        NULL),
                "{\"method\":\"stv\",\"options\":[\"Ann\",\"C \\\"the\\\" D\",\"E # F\"],"
                "\"seats\":2,\"ballots\":["
                "{\"count\":3,\"ranking\":[[\"Ann\"],[\"C \\\"the\\\" D\",\"E # F\"]]},"
                "{\"count\":1,\"ranking\":[[\"E # F\"],[\"Ann\"]]},"
                "{\"count\":2,\"ranking\":[]}]}");
}

TEST(blt__faults_name_the_line)
{
    EXPECT_TEXT(read_as("a.blt", "", NULL), "line/0 format\n");
    EXPECT_TEXT(read_as("a.blt", "x", NULL), "line/1 format\n");
    EXPECT_TEXT(read_as("a.blt", "201 1\n", NULL), "line/1 too_many\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n1 3 0\n", NULL), "line/2 ballot_unknown_option\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n1 1 1 0\n", NULL), "line/2 ranking_duplicate_option\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n1.5 1 0\n", NULL), "line/2 format\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n1 1 2\n", NULL), "line/2 format\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n1 1 2 0\n0\n\"A\"\n", NULL), "line/4 format\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n0\n\"A\"\nB\n", NULL), "line/4 format\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n0\n\"A\"\n\"\xff\"\n", NULL), "line/4 encoding\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n99999999999999999999 1 0\n", NULL), "line/2 format\n");
}

#define PREFLIB                                                                                    \
    "# FILE NAME: x\n# TITLE: y\n# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: Ann: the first\n" \
    "# ALTERNATIVE NAME 2: Bob\n# ALTERNATIVE NAME 3: Cy\n"

TEST(preflib__orders)
{
    EXPECT_TEXT(read_as("a.toi", PREFLIB "5: 1,{2, 3}\n2: 3\n", NULL),
                "{\"method\":\"schulze\",\"options\":[\"Ann: the first\",\"Bob\",\"Cy\"],"
                "\"seats\":1,\"ballots\":["
                "{\"count\":5,\"ranking\":[[\"Ann: the first\"],[\"Bob\",\"Cy\"]]},"
                "{\"count\":2,\"ranking\":[[\"Cy\"]]}]}");
    EXPECT_TEXT(part(count(read_as("a.soc", PREFLIB "5: 1,2,3\n4: 2,3,1\n2: 3,2,1", "borda")),
                     "report/scores"),
                "{'Ann: the first':10,'Bob':15,'Cy':8}");
    EXPECT_TEXT(
        part(count(read_as("a.soi", PREFLIB "5: 1\n4: 2,3\n2: 3,2", "plurality")), "report/scores"),
        "{'Ann: the first':5,'Bob':4,'Cy':2}");
}

TEST(preflib__the_first_category_is_approved)
{
    EXPECT_TEXT(part(count(read_as("a.cat",
                                   PREFLIB "# NUMBER CATEGORIES: 2\n# CATEGORY NAME 1: Yes\n"
                                           "4: {1,2},3\n3: 2,{1,3}\n9: {},{1,2,3}\n",
                                   NULL)),
                     "report/scores"),
                "{'Ann: the first':4,'Bob':7,'Cy':0}");
}

TEST(preflib__faults)
{
    EXPECT_TEXT(read_as("a.soc", PREFLIB "5: 1,4\n", NULL), "line/7 ballot_unknown_option\n");
    EXPECT_TEXT(read_as("a.soc", PREFLIB "5: 1,{2,1}\n", NULL),
                "line/7 ranking_duplicate_option\n");
    EXPECT_TEXT(read_as("a.soc", PREFLIB "5: {1,2\n", NULL), "line/7 format\n");
    EXPECT_TEXT(read_as("a.soc", PREFLIB "5 1,2\n", NULL), "line/7 format\n");
    EXPECT_TEXT(read_as("a.soc", "# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: A\n", NULL),
                "line/2 format\n");
    EXPECT_TEXT(read_as("a.soc", PREFLIB "5: 1,2\n", "score"), "/method ballot_kind_mismatch\n");
    EXPECT_TEXT(read_as("a.soc", PREFLIB "5: 1,2\n", "majority"), "/method ballot_kind_mismatch\n");
    EXPECT_TEXT(read_as("a.soc", PREFLIB "5: 1,2\n", "coin"), "/method enum\n");
}

TEST(abif__scores_of_the_example)
{
    const char *text = data("example.abif");
    /* 12, 7 and 5 ballots: Allie 12*5 + 7*4, Georgie 12*1 + 7*5 + 5*3, … */
    EXPECT_TEXT(part(count(read_as("e.abif", text, "star")), "report/scores"),
                "{'Allie':88,'Billy':75,'Candace':72,'Dennis':72,'Edith':63,'Frank':49,"
                "'Georgie':62,'Harold':41}");
    EXPECT_TEXT(part(count(read_as("e.abif", text, "star")), "winners"), "['Allie']");
    /* Read as rankings: 12 of 24 put Allie level with Billy, 7 above, 5 below. */
    EXPECT_TEXT(part(count(read_as("e.abif", text, NULL)), "report/pairwise/Allie/Billy"), "7");
    EXPECT_TEXT(part(count(read_as("e.abif", text, NULL)), "report/pairwise/Billy/Allie"), "5");
}

TEST(abif__tennessee_with_names)
{
    /* https://electowiki.org/wiki/ABIF */
    const char *request = read_as("t.abif",
                                  "# Section 1 - metadata\n{\"title\": \"Tennessee\"}\n"
                                  "=Memph:[Memphis, TN]\n=Nash:[Nashville, TN]\n"
                                  "=Chat:[Chattanooga, TN]\n=Knox:[Knoxville, TN]\n"
                                  "42:Memph/400>Nash/200>Chat/133>Knox/45\n"
                                  "26:Nash/400>Chat/290>Knox/240>Memph/200\n"
                                  "15:Chat/400>Knox/296>Nash/290>Memph/133\n"
                                  "17:Knox/400>Chat/296>Nash/240>Memph/45\n",
                                  NULL);
    EXPECT_TEXT(part(count(request), "ranking"),
                "[['Nashville, TN'],['Chattanooga, TN'],['Knoxville, TN'],['Memphis, TN']]");
}

TEST(abif__marks)
{
    EXPECT_TEXT(
        read_as("a.abif", "3 * [A b] > C=D # why\n1:D/2,C/2,[A b]/0\n2:\n", NULL),
        "{\"method\":\"schulze\",\"options\":[\"A b\",\"C\",\"D\"],\"seats\":1,\"ballots\":["
        "{\"count\":3,\"ranking\":[[\"A b\"],[\"C\",\"D\"]]},"
        "{\"count\":1,\"ranking\":[[\"D\",\"C\"],[\"A b\"]]},"
        "{\"count\":2,\"ranking\":[]}]}");
    EXPECT_TEXT(read_as("a.abif", "1:A,B\n", NULL), "line/1 format\n");
    EXPECT_TEXT(read_as("a.abif", "1:A>A\n", NULL), "line/1 ranking_duplicate_option\n");
    EXPECT_TEXT(read_as("a.abif", "1:A>\n", NULL), "line/1 format\n");
    EXPECT_TEXT(read_as("a.abif", "1:A/x\n", NULL), "line/1 format\n");
    EXPECT_TEXT(read_as("a.abif", "# nothing\n", NULL), "line/1 format\n");
    EXPECT_TEXT(read_as("a.abif", "=A:[x\n", NULL), "line/1 format\n");
}

TEST(json__as_it_is_or_by_another_method)
{
    const char *text = help_quotes("{'method':'schulze','options':['A','B'],"
                                   "'ballots':[{'ranking':[['B']]}]}");
    EXPECT_TEXT(read_as("a.json", text, NULL), text);
    EXPECT_TEXT(part(count(read_as("a.json", text, "irv")), "method"), "'irv'");
    EXPECT_TEXT(read_as("a.json", "{", NULL), " format\n");
    EXPECT_TEXT(read_as("a.csv", text, NULL), " format\n");
    EXPECT_TEXT(read_as("json", text, NULL), " format\n");
}
