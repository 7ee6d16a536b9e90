/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the ballot files of others, and counting published ones. */
#include "decide/ballot_file.h"
#include "tally_help.h"

static void write_ranking(const struct tally *tally, const uint8_t *marks, struct json_writer *w)
{
    bool more = true;
    jw_key(w, "ranking");
    jw_list(w);
    for (uint8_t rank = 1; more; rank++) {
        more = false;
        for (size_t x = 0; x < tally->option_count; x++)
            if (marks[x] == rank) {
                if (!more)
                    jw_list(w);
                more = true;
                jw_text(w, tally->options[x]);
            }
        if (more)
            jw_list_end(w);
    }
    jw_list_end(w);
}

static void write_ballot(const struct tally *tally, size_t b, struct json_writer *w)
{
    const uint8_t *marks = tally->marks + b * tally->width;
    jw_map(w);
    jw_key_int(w, "count", tally->weights[b]);
    if (tally->ballot == TALLY_RANKING) {
        write_ranking(tally, marks, w);
    } else if (tally->ballot == TALLY_CHOICE) {
        jw_key_text(w, "choice", *marks ? tally->options[*marks - 1] : NULL);
    } else if (tally->ballot == TALLY_APPROVE) {
        jw_key(w, "approve");
        jw_list(w);
        for (size_t x = 0; x < tally->option_count; x++)
            if (marks[x])
                jw_text(w, tally->options[x]);
        jw_list_end(w);
    } else {
        jw_key(w, "scores");
        jw_map(w);
        for (size_t x = 0; x < tally->option_count; x++)
            if (tally->values[b * tally->width + x] != TALLY_UNRATED)
                jw_key_int(w, tally->options[x], tally->values[b * tally->width + x]);
        jw_map_end(w);
    }
    jw_map_end(w);
}

/* What was read as a request that says the same, or the faults. */
static const char *read_file(const struct ballot_file *file)
{
    struct tally tally;
    struct faults faults;
    struct buf buf;
    struct json_writer w;
    faults_init(&faults, &help_arena);
    buf_init(&buf, &help_arena, SIZE_MAX);
    if (ballot_file_read(&help_arena, file, &tally, &faults)) {
        jw_init(&w, &buf);
        jw_map(&w);
        jw_key_text(&w, "method", tally_method_name(tally.method));
        jw_key(&w, "options");
        jw_list(&w);
        for (size_t x = 0; x < tally.option_count; x++)
            jw_text(&w, tally.options[x]);
        jw_list_end(&w);
        jw_key_int(&w, "seats", tally.seats);
        jw_key(&w, "ballots");
        jw_list(&w);
        for (size_t b = 0; b < tally.ballot_count; b++)
            write_ballot(&tally, b, &w);
        jw_list_end(&w);
        jw_map_end(&w);
    }
    for (size_t i = 0; i < faults.count; i++)
        buf_printf(&buf, "%s %s\n", faults.items[i].pointer, faults.items[i].code);
    return buf_cstr(&buf);
}

static const char *read_as(const char *name, const char *text, const char *method)
{
    struct ballot_file file = {
        .text = text, .len = strlen(text), .name = name, .method = method, .electorate = -1};
    return read_file(&file);
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
                        "schulze"),
                "{\"method\":\"schulze\",\"options\":[\"Ann\",\"C \\\"the\\\" D\",\"E # F\"],"
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
    EXPECT_TEXT(read_as("a.blt", "2 1\n1 1 2 0\n0\n\"A\"\n", NULL), "line/4 format\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n0\n\"A\"\nB\n", NULL), "line/4 format\n");
    EXPECT_TEXT(read_as("a.blt", "2 1\n0\n\"A\"\n\"\xff\"\n", NULL), "line/4 encoding\n");
}

TEST(blt__every_bad_ballot_is_named)
{
    EXPECT_TEXT(read_as("a.blt",
                        "2 1\n1 3 0\n1 1 1 0\n1 2 0\n1.5 1 0\n1 1 2\n0 1 0\n"
                        "99999999999999999999 1 0\n99999999999999999 1 0\n0\n\"A\"\n\"B\"\n",
                        NULL),
                "line/2 ballot_unknown_option\nline/3 ranking_duplicate_option\n"
                "line/5 format\nline/6 format\nline/7 too_small\nline/8 format\n"
                "line/9 too_large\n");
}

TEST(blt__what_the_method_refuses_names_line_and_field)
{
    EXPECT_TEXT(read_as("a.blt", "3 1\n1 1 0\n2 3 1=2 0\n0\n\"A\"\n\"B\"\n\"C\"\n", NULL),
                "line/3/ranking/1 ranking_equal_ranks\n");
    EXPECT_TEXT(read_as("a.blt", "1 1\n9007199254740992 1 0\n1 1 0\n0\n\"A\"\n", NULL),
                "line/3 votes_too_many\n");
    EXPECT_TEXT(read_as("a.abif", "3:A/5>B/2\n1:A/6>B/0\n", "star"),
                "line/2/scores/A ballot_value_out_of_range\n");
}

TEST(file__says_less_than_the_caller)
{
    static const char text[] = "2 1\n3 1 2 0\n0\n\"A\"\n\"B\"\n";
    struct json config = help_json("{\"quorum\":[1,2]}");
    struct ballot_file file = {.text = text,
                               .len = sizeof text - 1,
                               .method = "schulze",
                               .seats = 2,
                               .electorate = 5,
                               .config = &config};
    EXPECT_TEXT(part(read_file(&file), "seats"), "2");
    file.electorate = 2;
    EXPECT_TEXT(read_file(&file), "/electorate electorate_exceeded\n");
    file.electorate = -1;
    EXPECT_TEXT(read_file(&file), "/electorate required\n");
    file.text = "{\"method\":\"irv\",\"seats\":1,\"options\":[\"A\",\"B\"],\"ballots\":[],"
                "\"electorate\":9,\"config\":{\"quorum\":[7]}}";
    file.len = strlen(file.text);
    EXPECT_TEXT(part(read_file(&file), "seats"), "2");
    file.method = NULL;
    EXPECT_TEXT(read_file(&file), "/seats too_large\n");
}

TEST(file__without_a_telling_name_the_text_tells)
{
    static const struct {
        const char *text, *method;
    } cases[] = {
        {"# a comment\n2 1 # head\n1 1 2 0\n0\n\"A\"\n\"B\"\n", "'stv'"},
        {"# FILE NAME: x\n# NUMBER ALTERNATIVES: 1\n# ALTERNATIVE NAME 1: A\n1: 1\n", "'schulze'"},
        {"# NUMBER ALTERNATIVES: 1\n# NUMBER CATEGORIES: 1\n# CATEGORY NAME 1: Yes\n"
         "# ALTERNATIVE NAME 1: A\n1: 1\n",
         "'approval'"},
        {"# abif\n{\"title\": \"{\"}\n{\"x\": 1}\n1:A>B\n", "'schulze'"},
        {"=A:[Ann]\n1:A\n", "'schulze'"},
        {"\n 1:A>B\n", "'schulze'"},
        {"\xef\xbb\xbf"
         "2 1\r\n1 1 2 0\r\n0\r\n\"A\"\r\n\"B\"\r\n",
         "'stv'"},
        {"{\n\"method\":\"irv\",\"options\":[\"A\"],\"ballots\":[]}\n", "'irv'"},
        {"{\"method\":\"copeland\",\"options\":[\"A\"],\"ballots\":[]}\n", "'copeland'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EXPECT_TEXT(part(read_as("votes", cases[i].text, NULL), "method"), cases[i].method);
        EXPECT_TEXT(part(read_as("votes.txt", cases[i].text, NULL), "method"), cases[i].method);
    }
    EXPECT_TEXT(read_as("votes", "", NULL), " format\n");
    EXPECT_TEXT(read_as("votes.csv", "a,b\n", NULL), " format\n");
    struct ballot_file file = {.text = "1:A", .len = 3, .format = "xml", .electorate = -1};
    EXPECT_TEXT(read_file(&file), " format\n");
    file.format = "abif";
    EXPECT_TEXT(part(read_file(&file), "options"), "['A']");
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
    EXPECT_TEXT(read_as("a.toi", PREFLIB "5: 1,9\n2: 1\n1: x\n", NULL),
                "line/7 ballot_unknown_option\nline/9 format\n");
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

TEST(abif__zero_and_one_are_approvals)
{
    /* abiftool's approval example; Nashville 21 + 13 + 13 + 3. */
    static const char text[] = "21:Memph/1\n21:Memph/1=Nash/1\n13:Nash/1\n13:Nash/1=Chat/1\n"
                               "8:Chat/1\n4:Chat/1=Knox/1\n3:Chat/1=Nash/1\n9:Knox/1\n"
                               "8:Knox/1=Chat/1\n2:Knox/0>Memph/0\n";
    EXPECT_TEXT(part(count(read_as("t.abif", text, "approval")), "report/scores"),
                "{'Memph':42,'Nash':50,'Chat':36,'Knox':21}");
    EXPECT_TEXT(read_as("t.abif", "1:A/2>B/1\n", "approval"), "/method ballot_kind_mismatch\n");
    EXPECT_TEXT(read_as("t.abif", "1:A/1>B\n", "approval"), "/method ballot_kind_mismatch\n");
}

TEST(abif__marks)
{
    EXPECT_TEXT(
        read_as("a.abif", "3 * [A b] > C=D # why\n1:D/2,C/2,[A b]/0\n2:\n", NULL),
        "{\"method\":\"schulze\",\"options\":[\"A b\",\"C\",\"D\"],\"seats\":1,\"ballots\":["
        "{\"count\":3,\"ranking\":[[\"A b\"],[\"C\",\"D\"]]},"
        "{\"count\":1,\"ranking\":[[\"C\",\"D\"],[\"A b\"]]},"
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
    EXPECT_TEXT(read_as("a.json", text, NULL),
                help_quotes("{'method':'schulze','options':['A','B'],'seats':1,"
                            "'ballots':[{'count':1,'ranking':[['B']]}]}"));
    EXPECT_TEXT(part(count(read_as("a.json", text, "irv")), "method"), "'irv'");
    EXPECT_TEXT(read_as("a.json", "{", NULL), " format\n");
    EXPECT_TEXT(read_as("a.json", "[]", NULL), " type\n");
    struct ballot_file file = {.text = text, .len = BALLOT_JSON_MAX + 1, .name = "a.json"};
    EXPECT_TEXT(read_file(&file), " too_long\n");
}
