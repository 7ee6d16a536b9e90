/* SPDX-License-Identifier: Apache-2.0 */
/* Reading tallies and ballots, and what holds for every method. */
#include "tally_help.h"

#define APPROVAL "'method':'approval','options':['A','B','C']"

TEST(read__every_fault_is_listed_with_its_pointer)
{
    EXPECT_TEXT(count("{'method':'schulze','options':['A','B','A',''],'seats':9,'x/y':1,"
                      "'electorate':-1,'config':{'strengt':1,'unranked':'l','quorum':[3,2],"
                      "'minimum':-1,'tie_break':'lot','status_quo':'Z'},'ballots':[]}"),
                "/x~1y unknown_member\n"
                "/electorate too_small\n"
                "/options/2 not_unique\n"
                "/options/3 too_short\n"
                "/seats too_large\n"
                "/config/strengt unknown_member\n"
                "/config/unranked enum\n"
                "/config/quorum too_large\n"
                "/config/minimum too_small\n"
                "/config/status_quo unknown_option\n"
                "/config/seed required\n");
}

TEST(read__faults_of_ballots)
{
    EXPECT_TEXT(count("{'method':'schulze','options':['A','B','C'],'ballots':["
                      "{'count':0,'ranking':[['A'],['D','A'],[]]},"
                      "{'ranking':'A','weight':1.5},"
                      "{'choice':'A'},{},7,"
                      "{'ranking':[['A'],['B'],['C'],['A']]},"
                      "{'ranking':[['A'],'B'],'note':''}]}"),
                "/ballots/0/count too_small\n"
                "/ballots/0/ranking/1/0 ballot_unknown_option\n"
                "/ballots/0/ranking/1/1 ranking_duplicate_option\n"
                "/ballots/0/ranking/2 ranking_empty_group\n"
                "/ballots/1/ranking type\n"
                "/ballots/1/weight type\n"
                "/ballots/2/choice ballot_kind_mismatch\n"
                "/ballots/3/ranking required\n"
                "/ballots/4 type\n"
                "/ballots/5/ranking too_many\n"
                "/ballots/6/ranking/1 type\n"
                "/ballots/6/note unknown_member\n");
}

TEST(read__what_is_missing_or_of_the_wrong_type)
{
    EXPECT_TEXT(count("{}"), "/method required\n");
    EXPECT_TEXT(count("[]"), " type\n");
    EXPECT_TEXT(count("{'method':'coin'}"), "/method enum\n");
    EXPECT_TEXT(count("{'method':'approval'}"), "/options required\n");
    EXPECT_TEXT(count("{'method':'approval','options':[]}"), "/options too_few\n");
    EXPECT_TEXT(count("{'method':'approval','options':['A',1],'ballots':[]}"), "/options/1 type\n");
    EXPECT_TEXT(count("{" APPROVAL ",'config':[]}"), "/config type\n/ballots required\n");
    EXPECT_TEXT(count("{" APPROVAL ",'seats':0,'ballots':{}}"),
                "/seats too_small\n/ballots type\n");
}

TEST(read__a_rule_over_the_electorate_needs_the_electorate)
{
    EXPECT_TEXT(count("{" APPROVAL ",'config':{'quorum':[1,2]},'ballots':[]}"),
                "/electorate required\n");
    EXPECT_TEXT(count("{'method':'majority','config':{'absolute':true},'ballots':[]}"),
                "/electorate required\n");
    EXPECT_TEXT(count("{'method':'majority','config':{'threshold':[2,3],'base':'eligible'},"
                      "'ballots':[]}"),
                "/electorate required\n");
}

TEST(read__more_votes_than_there_are_is_refused)
{
    EXPECT_TEXT(count("{" APPROVAL ",'electorate':5,'ballots':[{'count':6,'approve':['A']}]}"),
                "/electorate electorate_exceeded\n");
    EXPECT_TEXT(part(count("{" APPROVAL ",'electorate':6,'ballots':[{'count':6,'approve':['A']}]}"),
                     "quorum"),
                "{'met':true,'cast':6,'eligible':6}");
}

TEST(read__keys_of_other_methods_are_unknown)
{
    EXPECT_TEXT(count("{" APPROVAL ",'config':{'threshold':[1,2]},'ballots':[]}"),
                "/config/threshold unknown_member\n");
    EXPECT_TEXT(count("{'method':'star','options':['A'],'config':{'max':9},'ballots':[]}"),
                "/config/max unknown_member\n");
    EXPECT_TEXT(count("{'method':'schulze','options':['A'],'config':{'strength':'opposition'},"
                      "'ballots':[]}"),
                "/config/strength enum\n");
    EXPECT(tally_config_key(TALLY_DOT, "budget") && !tally_config_key(TALLY_SCORE, "budget"));
    EXPECT(tally_config_key(TALLY_SCORE, "quorum") && !tally_config_key(TALLY_SCORE, "silence"));
}

/* Requests with `count` options: "o0", "o1", … */
static const char *with_options(const char *method, size_t count_of, const char *rest)
{
    struct buf buf;
    buf_init(&buf, &help_arena, SIZE_MAX);
    buf_printf(&buf, "{'method':'%s','options':[", method);
    for (size_t i = 0; i < count_of; i++)
        buf_printf(&buf, "%s'o%zu'", i ? "," : "", i);
    buf_printf(&buf, "],%s}", rest);
    return count(buf_cstr(&buf));
}

TEST(caps__options)
{
    EXPECT_TEXT(part(with_options("copeland", 200, "'ballots':[{'ranking':[['o7']]}]"), "winners"),
                "['o7']");
    EXPECT_TEXT(with_options("copeland", 201, "'ballots':[]"), "/options too_many\n");
}

TEST(caps__votes_add_up_to_at_most_2_to_53)
{
    const char *most = "{" APPROVAL ",'ballots':[{'count':9007199254740991,'approve':['A']},"
                       "{'approve':['B']}]}";
    EXPECT_TEXT(part(count(most), "quorum/cast"), "9007199254740992");
    EXPECT_TEXT(count("{" APPROVAL ",'ballots':[{'count':9007199254740991,'approve':['A']},"
                      "{'weight':2,'approve':['B']}]}"),
                "/ballots/1 votes_too_many\n");
    EXPECT_TEXT(count("{" APPROVAL ",'ballots':[{'count':9007199254740992,"
                      "'weight':9007199254740992,'approve':[]}]}"),
                "/ballots/0 votes_too_many\n");
    EXPECT_TEXT(count("{" APPROVAL ",'ballots':[{'count':9007199254740993,'approve':[]}]}"),
                "/ballots/0/count too_large\n");
}

TEST(caps__votes_times_values_too)
{
    EXPECT_TEXT(part(count("{'method':'dot','options':['A'],'ballots':["
                           "{'count':9007199254740,'points':{'A':1000}}]}"),
                     "report/scores"),
                "{'A':9007199254740000}");
    EXPECT_TEXT(count("{'method':'dot','options':['A'],'ballots':["
                      "{'count':9007199254741,'points':{'A':1000}}]}"),
                "/ballots/0 votes_too_many\n");
}

/* A tally of `method` among A, B, C. */
static struct tally tally_of(enum tally_method method, const char *config)
{
    static const char *const options[] = {"A", "B", "C"};
    struct json json = help_json(help_quotes(config));
    struct tally_setup setup = {method, options, 3, 1, -1, &json};
    struct faults faults;
    struct tally tally;
    faults_init(&faults, &help_arena);
    EXPECT(tally_init(&help_arena, &tally, &setup, "", &faults));
    return tally;
}

static const char *check(const struct tally *tally, const char *ballot)
{
    struct json json = help_json(help_quotes(ballot));
    struct faults faults;
    struct buf buf;
    faults_init(&faults, &help_arena);
    buf_init(&buf, &help_arena, SIZE_MAX);
    bool fine = tally_check_ballot(tally, &json, "/ballot", &faults);
    EXPECT(fine == (faults.found == 0));
    for (size_t i = 0; i < faults.count; i++)
        buf_printf(&buf, "%s %s\n", faults.items[i].pointer, faults.items[i].code);
    return buf_cstr(&buf);
}

TEST(check_ballot__names_field_and_rule)
{
    struct tally approval = tally_of(TALLY_APPROVAL, "{'max_choices':2}");
    EXPECT_TEXT(check(&approval, "{'approve':['A','C']}"), "");
    EXPECT_TEXT(check(&approval, "{'approve':['A','B','C']}"),
                "/ballot/approve too_many_choices\n");
    EXPECT_TEXT(check(&approval, "{'approve':['A','A']}"),
                "/ballot/approve/1 ballot_duplicate_option\n");
    EXPECT_TEXT(check(&approval, "{'approve':[],'count':2}"), "/ballot/count unknown_member\n");
    EXPECT_TEXT(check(&approval, "{'scores':{'A':1}}"), "/ballot/scores ballot_kind_mismatch\n");

    struct tally dot = tally_of(TALLY_DOT, "{'budget':10,'cap':6}");
    EXPECT_TEXT(check(&dot, "{'points':{'A':6,'B':4}}"), "");
    EXPECT_TEXT(check(&dot, "{'points':{'A':6,'B':5}}"), "/ballot/points ballot_budget_exceeded\n");
    EXPECT_TEXT(check(&dot, "{'points':{'A':7}}"), "/ballot/points/A ballot_cap_exceeded\n");
    EXPECT_TEXT(check(&dot, "{'points':{'A':-1,'D':1}}"),
                "/ballot/points/A ballot_value_out_of_range\n"
                "/ballot/points/D ballot_unknown_option\n");
    EXPECT_TEXT(check(&dot, "{'points':{'A':1.5}}"), "/ballot/points/A type\n");

    struct tally exact = tally_of(TALLY_DOT, "{'budget':10,'exact':true}");
    EXPECT_TEXT(check(&exact, "{'points':{'A':10}}"), "");
    EXPECT_TEXT(check(&exact, "{'points':{'A':9}}"), "/ballot/points ballot_budget_unspent\n");
    EXPECT_TEXT(check(&exact, "{'points':{}}"), "");

    struct tally quadratic = tally_of(TALLY_QUADRATIC, "{'budget':25}");
    EXPECT_TEXT(check(&quadratic, "{'points':{'A':3,'B':-4}}"), "");
    EXPECT_TEXT(check(&quadratic, "{'points':{'A':3,'B':4,'C':1}}"),
                "/ballot/points ballot_budget_exceeded\n");

    struct tally capped = tally_of(TALLY_QUADRATIC, "{'cap':6}");
    EXPECT_TEXT(check(&capped, "{'points':{'A':6,'B':-6}}"), "");
    EXPECT_TEXT(check(&capped, "{'points':{'A':7,'B':-7}}"),
                "/ballot/points/A ballot_cap_exceeded\n"
                "/ballot/points/B ballot_cap_exceeded\n");

    struct tally one = tally_of(TALLY_SCORE, "{'min':1,'max':1}");
    EXPECT_TEXT(check(&one, "{'scores':{'A':1}}"), "");

    struct tally score = tally_of(TALLY_SCORE, "{'min':1,'max':5}");
    EXPECT_TEXT(check(&score, "{'scores':{'A':1,'B':5}}"), "");
    EXPECT_TEXT(check(&score, "{'scores':{'A':0,'B':6}}"),
                "/ballot/scores/A ballot_value_out_of_range\n"
                "/ballot/scores/B ballot_value_out_of_range\n");

    struct tally irv = tally_of(TALLY_IRV, "{}");
    EXPECT_TEXT(check(&irv, "{'ranking':[['A'],['B']]}"), "");
    EXPECT_TEXT(check(&irv, "{'ranking':[['A','B']]}"), "/ballot/ranking/0 ranking_equal_ranks\n");

    struct tally majority = tally_of(TALLY_MAJORITY, "{}");
    EXPECT_TEXT(check(&majority, "{'choice':'abstain'}"), "");
    EXPECT_TEXT(check(&majority, "{'choice':'maybe'}"), "/ballot/choice ballot_unknown_option\n");
    EXPECT_TEXT(check(&majority, "{'choice':null}"), "/ballot/choice type\n");
    struct tally plurality = tally_of(TALLY_PLURALITY, "{}");
    EXPECT_TEXT(check(&plurality, "{'choice':null}"), "");
}

TEST(add_ballot__one_by_one_is_the_same_as_reading)
{
    struct tally tally = tally_of(TALLY_SCHULZE, "{}");
    struct json one = help_json("{\"ranking\":[[\"A\"],[\"C\"],[\"B\"]]}");
    struct json two = help_json("{\"ranking\":[[\"B\"],[\"A\",\"C\"]]}");
    struct json bad = help_json("{\"ranking\":[[\"Z\"]]}");
    struct faults faults;
    struct tally_result result;
    struct buf buf;
    faults_init(&faults, &help_arena);
    buf_init(&buf, &help_arena, SIZE_MAX);
    for (int i = 0; i < 5; i++)
        EXPECT(tally_add_ballot(&tally, &one, 1, 1, "", &faults));
    EXPECT(!tally_add_ballot(&tally, &bad, 1, 1, "", &faults));
    EXPECT(tally_add_ballot(&tally, &two, 1, 2, "", &faults));
    tally_count(&help_arena, &tally, &result);
    tally_write(&tally, &result, &buf);
    EXPECT_TEXT(buf_cstr(&buf), count("{'method':'schulze','options':['A','B','C'],'ballots':["
                                      "{'count':5,'ranking':[['A'],['C'],['B']]},"
                                      "{'count':2,'ranking':[['B'],['A','C']]}]}"));
}

TEST(nobody_answering_is_never_adoption)
{
    static const char *const ballots[] = {"'approve':[]", "'choice':null", "'choice':'abstain'",
                                          "'ranking':[]", "'scores':{}",   "'points':{}"};
    for (int m = 0; m < TALLY_METHODS; m++) {
        enum tally_method method = (enum tally_method)m;
        struct tally kind = tally_of(method, "{}");
        const char *ballot = kind.ballot == TALLY_APPROVE   ? ballots[0]
                             : kind.ballot == TALLY_RANKING ? ballots[3]
                             : kind.ballot == TALLY_SCORES  ? ballots[4]
                             : kind.ballot == TALLY_POINTS  ? ballots[5]
                                                            : ballots[1 + (m == TALLY_MAJORITY)];
        const char *options = m == TALLY_MAJORITY ? "" : "'options':['A','B'],";
        const char *start = arena_printf(&help_arena,
                                         "{'method':'%s',%s'electorate':9,"
                                         "'config':{'tie_break':'lot','seed':1},'ballots':[",
                                         tally_method_name(method), options);
        const char *none = count(arena_printf(&help_arena, "%s]}", start));
        EXPECT_TEXT(part(none, "outcome"), "'rejected'");
        const char *blank = count(arena_printf(&help_arena, "%s{'count':4,%s}]}", start, ballot));
        EXPECT_TEXT(part(blank, "outcome"), "'rejected'");
        EXPECT_TEXT(part(blank, "winners"), "[]");
        EXPECT_TEXT(part(blank, "quorum/cast"), "4");
    }
}

TEST(quorum__inclusive_and_before_everything_else)
{
    const char *format = "{" APPROVAL ",'electorate':12,'config':{%s},'ballots':["
                         "{'count':3,'approve':['A']},{'approve':[]}]}";
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, "'quorum':[1,3]")), "outcome"),
                "'adopted'");
    const char *missed = count(arena_printf(&help_arena, format, "'quorum':[34,100]"));
    EXPECT_TEXT(part(missed, "outcome"), "'no_quorum'");
    EXPECT_TEXT(part(missed, "winners"), "[]");
    EXPECT_TEXT(part(missed, "quorum"), "{'met':false,'cast':4,'eligible':12}");
    EXPECT_TEXT(part(missed, "report/scores"), "{'A':3,'B':0,'C':0}");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, "'minimum':4")), "outcome"),
                "'adopted'");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, "'minimum':5")), "outcome"),
                "'no_quorum'");
    EXPECT_TEXT(
        part(count(arena_printf(&help_arena, format, "'quorum':[1,3],'quorum_base':'yes_no'")),
             "outcome"),
        "'no_quorum'");
}

TEST(lot__is_the_order_that_the_header_describes)
{
    /* Computed with an independent implementation of the description: seed "2024", names A to C. */
    const char *format = "{" APPROVAL ",'seats':%d,'config':{'tie_break':'lot','seed':'2024'},"
                         "'ballots':[{'approve':['A','B','C']}]}";
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, 1)), "winners"), "['B']");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, 2)), "winners"), "['B','C']");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, 1)), "ties"),
                "[{'options':['A','B','C'],'seats':1,'broken_by':'lot','seed':'2024'}]");
}

TEST(lot__an_integer_seed_is_its_digits)
{
    const char *format = "{" APPROVAL ",'config':{'tie_break':'lot','seed':%s},"
                         "'ballots':[{'approve':['A','B','C']}]}";
    EXPECT_TEXT(count(arena_printf(&help_arena, format, "2024")),
                count(arena_printf(&help_arena, format, "'2024'")));
    EXPECT_TEXT(count(arena_printf(&help_arena, format, "''")), "/config/seed type\n");
}

TEST(lot__every_option_has_its_chance)
{
    size_t won[3] = {0};
    for (int seed = 0; seed < 3000; seed++) {
        const char *winner =
            part(count(arena_printf(&help_arena,
                                    "{" APPROVAL ",'config':{'tie_break':'lot','seed':%d},"
                                    "'ballots':[{'approve':['A','B','C']}]}",
                                    seed)),
                 "winners/0");
        won[winner[1] - 'A']++;
    }
    /* 1000 expected, standard deviation 26 */
    for (size_t i = 0; i < 3; i++)
        EXPECT(won[i] > 850 && won[i] < 1150);
}

TEST(casting_vote__takes_the_seat_if_it_is_among_the_tied)
{
    const char *format = "{" APPROVAL ",'config':{'tie_break':'casting_vote','casting_vote':'%s'},"
                         "'ballots':[{'approve':['A','B']}]}";
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, "B")), "winners"), "['B']");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, "C")), "winners"), "['A','B']");
    EXPECT_TEXT(part(count(arena_printf(&help_arena, format, "C")), "outcome"), "'tied'");
    EXPECT_TEXT(count(arena_printf(&help_arena, format, "Z")),
                "/config/casting_vote unknown_option\n");
    EXPECT_TEXT(count("{" APPROVAL ",'config':{'tie_break':'casting_vote'},'ballots':[]}"),
                "/config/casting_vote required\n");
}

TEST(names__need_no_care)
{
    EXPECT_TEXT(part(count("{'method':'dot','options':['a/b~c','\\u00e9\\n'],"
                           "'ballots':[{'points':{'\\u00e9\\n':1}}]}"),
                     "report/scores"),
                "{'a/b~c':0,'\xc3\xa9\\n':1}");
    EXPECT_TEXT(count("{'method':'dot','options':['A'],'ballots':[{'points':{'a/b~c':1}}]}"),
                "/ballots/0/points/a~1b~0c ballot_unknown_option\n");
}
