/* SPDX-License-Identifier: Apache-2.0 */
#include "decision.h"

#include <glob.h>

static const char *const built_in[] = {
    "advice",         "approval",       "borda",   "consensus",     "consent",
    "consultative",   "copeland",       "daci",    "dot",           "irv",
    "lazy_consensus", "majority",       "minimax", "plurality",     "quadratic",
    "raci",           "ranked_pairs",   "rapid",   "role_election", "schulze",
    "score",          "single_decider", "spade",   "star",          "stv"};

TEST(framework__built_in_definitions_can_work)
{
    glob_t files;
    EXPECT(!glob("sql/seed/frameworks/*.json", 0, NULL, &files));
    EXPECT(files.gl_pathc == sizeof built_in / sizeof *built_in);
    globfree(&files);
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
        struct arena arena;
        struct framework framework;
        struct faults faults;
        arena_init(&arena);
        faults_init(&faults, &arena);
        struct json definition = definition_of(&arena, built_in[i]);
        EXPECT(framework_read(&arena, &definition, &framework, &faults));
        EXPECT_TEXT(framework.key, built_in[i]);
        framework_check_counted(&framework, &faults);
        framework_check_fallback(&framework, &faults);
        EXPECT(!faults.found);
        print_faults(&faults);
        arena_release(&arena);
    }
}

/* The roles of FRAMEWORKS.md section 2: 1 exactly one, + one or more, * any. */
TEST(framework__built_in_roles_are_those_of_the_reference)
{
    static const struct {
        const char *framework, *roles;
    } cases[] = {
        {"single_decider", "decider 1 1, informed 0 -1, "},
        {"consent", "proposer 1 1, facilitator 1 1, members 1 -1, "},
        {"majority", "proposer 1 1, voters 1 -1, "},
        {"schulze", "voters 1 -1, "},
        {"approval", "voters 1 -1, "},
        {"consultative", "decider 1 1, consulted 1 -1, "},
        {"consensus", "proposer 1 1, members 1 -1, "},
        {"advice",
         "decider 1 1, affected 0 -1, expert 1 -1, "}, /* 3.1: nobody affected, declared */
        {"lazy_consensus", "proposer 1 1, voters 0 -1, "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        struct framework framework;
        struct faults faults;
        arena_init(&arena);
        faults_init(&faults, &arena);
        struct json definition = definition_of(&arena, cases[i].framework);
        EXPECT(framework_read(&arena, &definition, &framework, &faults));
        const char *roles = "";
        for (size_t j = 0; j < framework.role_count; j++)
            roles = arena_printf(&arena, "%s%s %d %d, ", roles, framework.roles[j].key,
                                 (int)framework.roles[j].min, (int)framework.roles[j].max);
        EXPECT_TEXT(roles, cases[i].roles);
        arena_release(&arena);
    }
}

/* A definition that works, with members replaced: {"/pointer": value}. */
static struct json definition_with(struct arena *arena, const char *changes)
{
    static const char base[] =
        "{'key': 'k', 'name': 'N', 'purpose': 'P',"
        " 'roles': [{'key': 'lead', 'min': 1, 'max': 1, 'may': ['revise']},"
        "           {'key': 'crew', 'min': 1, 'max': null}],"
        " 'phases': [{'key': 'talk', 'duration': 'P1D', 'ends': ['deadline', 'advance'],"
        "             'inputs': [{'type': 'question', 'by': ['crew']},"
        "                        {'type': 'answer', 'by': ['lead'], 'on': 'question'}],"
        "             'advance': ['lead'], 'revise': 'talk'},"
        "            {'key': 'vote', 'duration': 'P1D', 'ends': ['deadline', 'all_in', 'certain'],"
        "             'ballots': ['crew']}],"
        " 'rule': {'method': 'majority', 'threshold': [2, 3]}, 'review': 'P1M'}";
    char *text = arena_strdup(arena, base), *changed = arena_strdup(arena, changes);
    for (char *c = text; *c; c++)
        *c = (char)(*c == '\'' ? '"' : *c);
    for (char *c = changed; *c; c++)
        *c = (char)(*c == '\'' ? '"' : *c);
    struct json definition = json_of(arena, text), map = json_of(arena, changed);
    for (size_t i = 0; i < map.map.count; i++) {
        struct json *at = &definition;
        char *rest = NULL;
        for (char *part = strtok_r(arena_strdup(arena, map.map.members[i].key), "/", &rest); part;
             part = strtok_r(NULL, "/", &rest)) {
            struct json *child = at->type == JSON_LIST
                                     ? &at->list.items[atoll(part)]
                                     : (struct json *)(uintptr_t)json_get(at, part);
            if (!child) { /* a new member */
                size_t n = at->map.count++;
                struct json_member *members = arena_array(arena, n + 1, sizeof *members);
                memcpy(members, at->map.members, n * sizeof *members);
                members[n].key = part;
                members[n].key_len = strlen(part);
                at->map.members = members;
                child = &members[n].value;
            }
            at = child;
        }
        *at = map.map.members[i].value;
    }
    return definition;
}

static void expect_faults(const char *changes, const char *expected)
{
    struct arena arena;
    struct framework framework;
    struct faults faults;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct json definition = definition_with(&arena, changes);
    bool fine = framework_read(&arena, &definition, &framework, &faults);
    EXPECT(fine == !*expected);
    if (strcmp(fault_lines(&arena, &faults), expected) != 0)
        printf("# of %s\n", changes);
    EXPECT_TEXT(fault_lines(&arena, &faults), expected);
    arena_release(&arena);
}

TEST(framework__each_fault_is_told_where_it_is)
{
    static const struct {
        const char *changes, *faults;
    } cases[] = {
        {"{}", ""},
        {"{'/review': null, '/phases/1/duration': 'PT1H', '/rule/secret': true}", ""},
        /* the frame */
        {"{'/colour': 'red'}", "/colour unknown_member"},
        {"{'/a~b': 1}", "/a~0b unknown_member"},
        {"{'/key': 'No Key'}", "/key pattern"},
        {"{'/key': 1}", "/key type"},
        {"{'/name': ''}", "/name too_short"},
        {"{'/review': 'soon'}", "/review duration"},
        {"{'/roles': {}}",
         "/roles type\n/phases/0/advance/0 unknown_role\n/phases/0/inputs/0/by/0 unknown_role\n"
         "/phases/0/inputs/1/by/0 unknown_role\n/phases/1/ballots/0 unknown_role\n"
         "/phases/0 phase_without_actor\n/phases/0/revise phase_without_actor\n"
         "/phases/0/ends condition_impossible\n/phases/1 phase_without_actor\n"
         "/phases/1/ends condition_impossible\n/phases required"},
        {"{'/phases': []}", "/phases too_few\n/phases required"},
        {"{'/rule': null}", "/rule type"},
        /* roles */
        {"{'/roles/1/key': 'lead'}",
         "/roles/1/key duplicate\n/phases/0/inputs/0/by/0 unknown_role\n"
         "/phases/1/ballots/0 unknown_role\n/phases/1 phase_without_actor\n"
         "/phases/1/ends condition_impossible\n/phases required"},
        {"{'/roles/0/min': 2}", "/roles/0/min range_inverted"},
        {"{'/roles/0/min': -1}", "/roles/0/min too_small"},
        {"{'/roles/0/max': 0}", "/roles/0/max too_small"},
        {"{'/roles/0/max': 1.5}", "/roles/0/max type"},
        {"{'/roles/0/may': ['revise', 'fly', 'revise']}",
         "/roles/0/may/1 enum\n/roles/0/may/2 not_unique"},
        /* phases */
        {"{'/phases/1/key': 'talk'}", "/phases/1/key duplicate"},
        {"{'/phases/0/colour': 1}", "/phases/0/colour unknown_member"},
        {"{'/phases/0/duration': 'P1.5D'}", "/phases/0/duration duration"},
        {"{'/phases/0/advance': ['boss']}",
         "/phases/0/advance/0 unknown_role\n/phases/0/ends condition_impossible"},
        {"{'/phases/0/revise': 'vote'}", "/phases/0/revise unknown_phase"},
        {"{'/phases/0/revise': 'dance'}", "/phases/0/revise unknown_phase"},
        {"{'/roles/0/may': []}", "/phases/0/revise phase_without_actor"},
        {"{'/phases/0/inputs/0/type': 'shout'}",
         "/phases/0/inputs/0/type enum\n/phases/0/inputs/1/on enum"},
        {"{'/phases/0/inputs/0/by': []}", "/phases/0/inputs/0/by too_few"},
        {"{'/phases/0/inputs/0/by': ['crew', 'crew']}", "/phases/0/inputs/0/by/1 not_unique"},
        {"{'/phases/0/inputs/0/on': 'answer'}", "/phases/0/inputs/0/on subject_not_allowed"},
        {"{'/phases/0/inputs/0/hidden': 'phase'}", ""},
        {"{'/phases/0/inputs/0/hidden': true}", "/phases/0/inputs/0/hidden type"},
        {"{'/phases/0/inputs/0/hidden': 'sometimes'}", "/phases/0/inputs/0/hidden enum"},
        {"{'/phases/0/back': 'vote'}",
         "/phases/0/back unknown_phase\n/phases/0/back condition_impossible"},
        {"{'/phases/1/back': 'talk'}", "/phases/1/back condition_impossible"},
        {"{'/phases/0/inputs/1/on': 'reaction'}", "/phases/0/inputs/1/on enum"},
        {"{'/phases/0/inputs/1': {'type': 'answer', 'by': ['lead']}}",
         "/phases/0/inputs/1/on required"},
        {"{'/phases/0/inputs/1': {'type': 'question', 'by': ['lead']}}",
         "/phases/0/inputs/1/type duplicate"},
        {"{'/phases/0/ends': ['never']}",
         "/phases/0/ends/0 enum\n/phases/0/ends phase_without_end\n"
         "/phases/0/duration condition_impossible\n/phases/0/advance condition_impossible"},
        /* what can't work */
        {"{'/phases/0': {'key': 'wait', 'duration': 'P1D', 'ends': ['deadline']}}",
         "/phases/0 phase_without_actor"},
        {"{'/phases/1/duration': null, '/phases/1/ends': ['deadline']}",
         "/phases/1/ends phase_without_end"},
        {"{'/phases/1/duration': null, '/phases/1/ends': ['certain']}",
         "/phases/1/ends phase_without_end"},
        {"{'/phases/1/duration': null, '/phases/1/ends': ['certain'], '/rule/early_close': true}",
         ""},
        {"{'/phases/1/ends': ['all_in']}", "/phases/1/duration condition_impossible"},
        {"{'/phases/0/ends': ['deadline']}", "/phases/0/advance condition_impossible"},
        {"{'/phases/0/ends': ['deadline', 'advance', 'all_in']}",
         "/phases/0/ends condition_impossible"},
        {"{'/phases/0/ends': ['deadline', 'advance', 'decided']}",
         "/phases/0/ends condition_impossible"},
        {"{'/phases/1/ends': ['deadline', 'no_objection']}", "/phases/1/ends condition_impossible"},
        {"{'/phases/0/ballots': ['lead']}", "/phases/1/ballots too_many"},
        {"{'/phases/1/ballots': [], '/phases/1/inputs': [{'type': 'opinion', 'by': ['crew'], "
         "'required': true}], '/phases/1/ends': ['deadline', 'all_in']}",
         "/phases required"},
        {"{'/rule/secret': true, '/phases/1/revise': 'talk'}",
         "/phases/1/revise condition_impossible"},
        /* the rule */
        {"{'/rule/method': 'coin'}", "/rule/method enum"},
        {"{'/rule/colour': 1}", "/rule/colour unknown_member"},
        {"{'/rule/max_rounds': 1}", "/rule/max_rounds unknown_member"},
        {"{'/rule/threshold': [4, 3]}", "/rule/threshold too_large"},
        {"{'/rule/threshold': [-1, 3]}", "/rule/threshold too_small"},
        {"{'/rule/threshold': [1, 0]}", "/rule/threshold too_small"},
        {"{'/rule/threshold': 0.66}", "/rule/threshold type"},
        {"{'/rule/quorum': [1, 2]}", ""},
        {"{'/rule/quorum': [3, 2]}", "/rule/quorum too_large"},
        {"{'/rule/early_close': 1}", "/rule/early_close type"},
        {"{'/rule/method': 'schulze'}",
         "/rule/threshold unknown_member\n/phases/1/ends condition_impossible"},
        {"{'/rule': {'method': 'schulze', 'early_close': true}}",
         "/rule/early_close condition_impossible\n/phases/1/ends condition_impossible"},
        {"{'/rule': {'method': 'approval', 'seats': 0}}", "/rule/seats too_small"},
        {"{'/rule': {'method': 'approval', 'seats': '2'}}", "/rule/seats type"},
        {"{'/rule': {'method': 'approval', 'seats': 1000}}", "/rule/seats too_large"},
        {"{'/rule': {'method': 'approval', 'seats': 3, 'floor': [1, 3]}}", ""},
        {"{'/rule': {'method': 'approval', 'tie_break': 'casting_vote', 'casting_vote': 'blue'}}",
         ""},
        {"{'/rule': {'method': 'single_decider'}}",
         "/phases/1/ends condition_impossible\n/phases/1/ballots too_many\n/phases required"},
        {"{'/rule': {'method': 'consent', 'silence': 'yes', 'objection_test': 'holy'}}",
         "/rule/silence enum\n/rule/objection_test enum\n/phases/1/ends condition_impossible\n"
         "/phases/1/ballots too_many\n/phases required"},
        {"{'/rule': {'method': 'consent', 'objection_test': 'holacracy', 'max_rounds': 0}, "
         "'/phases/1': {'key': 'o', 'ends': ['no_objection', 'all_in'], 'inputs': [{'type': "
         "'objection', 'by': ['crew'], 'required': true}]}}",
         "/rule/max_rounds too_small\n/phases required"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_faults(cases[i].changes, cases[i].faults);
}

#define POLL                                                                                       \
    "'/phases/1': {'key': 'poll', 'duration': 'P1D', 'ends': ['deadline', 'all_in'], 'inputs': "   \
    "[{'type': 'agree', 'by': ['crew'], 'required': true}, {'type': 'block', 'by': ['crew'], "     \
    "'required': true}], 'back': 'talk'}"
#define WINDOW(ends)                                                                               \
    "'/phases/1': {'key': 'w', 'duration': 'P1D', 'ends': [" ends "], 'inputs': [{'type': "        \
    "'minus_one', 'by': ['crew'], 'required': true}]}"

TEST(framework__faults_of_consensus_and_lazy_consensus)
{
    static const struct {
        const char *changes, *faults;
    } cases[] = {
        {"{'/rule': {'method': 'consensus'}, " POLL "}", ""},
        {"{'/rule': {'method': 'consensus', 'quorum': [1, 2], 'minimum': 3, 'max_blocks': 1, "
         "'block_supporters': 2, 'stand_aside_cap': [1, 3], 'threshold': [2, 3], 'inclusive': "
         "true, 'base': 'cast', 'max_rounds': 3, 'proposer_votes': false}, " POLL "}",
         ""},
        {"{'/rule': {'method': 'consensus', 'max_blocks': -1, 'stand_aside_cap': [4, 3], "
         "'quorum': [3, 2], 'threshold': 0.5, 'base': 'all', 'block_supporters': 'two'}, " POLL "}",
         "/rule/max_blocks too_small\n/rule/block_supporters type\n"
         "/rule/stand_aside_cap too_large\n/rule/max_rounds required\n/rule/quorum too_large\n"
         "/rule/threshold type\n/rule/base enum"},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': {'framework': 'majority', "
         "'version': 2, 'configuration': {'rule': {'threshold': [2, 3]}}}}, " POLL "}",
         ""},
        {"{'/rule': {'method': 'consensus', 'fallback': 'majority'}, " POLL "}",
         "/rule/max_rounds required"},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'threshold': [2, 3], 'fallback': "
         "'majority'}, " POLL "}",
         "/rule/fallback config_conflict"},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': {'version': 0, "
         "'configuration': [], 'key': 'majority'}}, " POLL "}",
         "/rule/fallback/key unknown_member\n/rule/fallback/framework required\n"
         "/rule/fallback/version too_small\n/rule/fallback/configuration type"},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': 7}, " POLL "}",
         "/rule/fallback type"},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': {'framework': 'A "
         "b'}}, " POLL "}",
         "/rule/fallback/framework pattern"},
        {"{'/rule': {'method': 'consensus', 'secret': true, 'silence': 'consent'}, " POLL "}",
         "/rule/secret unknown_member\n/rule/silence unknown_member"},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 2}, " POLL ", '/phases/1/back': null}",
         "/phases/1/back type\n/rule/max_rounds condition_impossible"},
        {"{'/rule': {'method': 'consensus'}}",
         "/phases/1/ends condition_impossible\n/phases/1/ballots too_many\n/phases required"},
        {"{'/rule': {'method': 'consensus'}, " POLL ", '/phases/0/inputs/0': {'type': 'agree', "
         "'by': ['crew']}}",
         "/phases/0/inputs/1/on enum\n/phases/1/inputs too_many"},
        {"{'/rule': {'method': 'lazy_consensus', 'silence': 'consent', 'min_plus_ones': 2, "
         "'fallback': 'majority'}, " WINDOW("'deadline'") "}",
         ""},
        {"{'/rule': {'method': 'lazy_consensus', 'silence': 'yes', 'min_plus_ones': -1, "
         "'early_close': true, 'max_rounds': 2}, " WINDOW("'deadline', 'all_in'") "}",
         "/rule/early_close unknown_member\n/rule/max_rounds unknown_member\n"
         "/rule/silence enum\n/rule/min_plus_ones too_small\n/phases/1/ends window_shortened"},
        {"{'/rule': {'method': 'role_election', 'term': null, 'tie_break': 'lot', 'incumbent': 7, "
         "'base': 'cast'}, '/phases/1': {'key': 'o', 'ends': ['no_objection'], 'inputs': [{'type': "
         "'objection', 'by': ['crew'], 'required': true}]}}",
         "/rule/base unknown_member\n/rule/term duration\n/rule/incumbent type\n"
         "/rule/seed required\n/phases/0/revise condition_impossible\n/phases required\n"
         "/phases required"},
        {"{'/rule': {'method': 'role_election'}, '/phases/0': {'key': 'n', 'duration': 'P1D', "
         "'ends': ['deadline'], 'inputs': [{'type': 'nomination', 'by': ['crew']}], 'revise': "
         "'n'}, '/phases/1': {'key': 'o', 'ends': ['no_objection'], 'inputs': [{'type': "
         "'objection', 'by': ['crew'], 'required': true}]}}",
         "/phases/0/revise condition_impossible"},
        {"{'/rule': {'method': 'role_election'}, '/phases/0': {'key': 'n', 'duration': 'P1D', "
         "'ends': ['deadline'], 'inputs': [{'type': 'nomination', 'by': ['crew'], 'hidden': "
         "'always'}]}, '/phases/1': {'key': 'o', 'ends': ['no_objection'], 'inputs': [{'type': "
         "'objection', 'by': ['crew'], 'required': true}]}}",
         "/phases/0/inputs/0/hidden condition_impossible"},
        {"{'/rule': {'method': 'lazy_consensus'}}",
         "/phases/1/ends condition_impossible\n/phases/1/ballots too_many\n/phases required"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_faults(cases[i].changes, cases[i].faults);
}

/* Where what is said counts in one phase, no other phase may take it: it would be heard and not
 * counted. */
/* Such a definition is read, as a decision may be open by it, but none is opened by it any more. */
static void expect_uncounted(const char *changes, const char *expected)
{
    struct arena arena;
    struct framework framework;
    struct json frozen;
    struct faults faults, of_opening;
    arena_init(&arena);
    faults_init(&faults, &arena);
    faults_init(&of_opening, &arena);
    struct json definition = definition_with(&arena, changes);
    EXPECT(framework_read(&arena, &definition, &framework, &faults));
    framework_check_counted(&framework, &faults);
    if (strcmp(fault_lines(&arena, &faults), expected) != 0)
        printf("# of %s\n", changes);
    EXPECT_TEXT(fault_lines(&arena, &faults), expected);
    EXPECT(framework_configure(&arena, &definition, NULL, &frozen, &of_opening) == !*expected);
    EXPECT_TEXT(fault_lines(&arena, &of_opening), expected);
    arena_release(&arena);
}

TEST(framework_check_counted__what_counts_is_said_in_one_phase)
{
#define SAYS(phase, types, ends)                                                                   \
    "'/phases/" phase "': {'key': 'p" phase "', 'duration': 'P1D', 'advance': ['lead'], 'back': "  \
    "'p" phase "', 'ends': ['advance', 'deadline'" ends "], 'inputs': [" types "]}"
#define SAYS_TWICE(method, types, ends)                                                            \
    "{'/rule': {'method': '" method "'}, " SAYS("0", types, ends) ", " SAYS("1", types, ends) "}"
#define BY "'" BY_CREW
#define BY_CREW ", 'by': ['crew']}"
    static const struct {
        const char *changes, *faults;
    } cases[] = {
        {SAYS_TWICE("daci", "{'type': 'verdict" BY, ""), "/phases/1/inputs too_many"},
        {SAYS_TWICE("raci", "{'type': 'matrix" BY ", {'type': 'verdict" BY, ""),
         "/phases/1/inputs too_many\n/phases/1/inputs too_many"},
        {"{'/rule': {'method': 'consent'}, '/phases/0': {'key': 'a', 'duration': 'P1D', 'ends': "
         "['no_objection', 'deadline'], 'inputs': [{'type': 'objection" BY
         "]}, '/phases/1': {'key': 'b', 'duration': 'P1D', 'ends': ['no_objection', 'deadline'], "
         "'inputs': [{'type': 'objection" BY "]}}",
         "/phases/1/inputs too_many"},
        {"{'/rule': {'method': 'consent'}, '/phases/0': {'key': 'a', 'duration': 'P1D', 'ends': "
         "['no_objection', 'deadline'], 'inputs': [{'type': 'objection" BY
         "]}, '/phases/1': {'key': 'b', 'duration': 'P1D', 'ends': ['deadline'], "
         "'inputs': [{'type': 'concern" BY "]}}",
         "/phases/1/inputs too_many"},
        {"{'/rule': {'method': 'consensus'}, '/phases/0': {'key': 'a', 'duration': 'P1D', 'ends': "
         "['deadline'], 'inputs': [{'type': 'agree" BY
         "]}, '/phases/1': {'key': 'b', 'duration': 'P1D', 'ends': ['deadline'], "
         "'inputs': [{'type': 'block" BY "]}}",
         "/phases/1/inputs too_many"},
        {"{'/rule': {'method': 'lazy_consensus'}, '/phases/0': {'key': 'a', 'duration': 'P1D', "
         "'ends': ['deadline'], 'inputs': [{'type': 'minus_one" BY
         "]}, '/phases/1': {'key': 'b', 'duration': 'P1D', 'ends': ['deadline'], "
         "'inputs': [{'type': 'plus_one" BY "]}}",
         "/phases/1/inputs too_many"},
        {"{'/rule': {'method': 'rapid'}, '/phases/0': {'key': 'a', 'duration': 'P1D', 'ends': "
         "['deadline'], 'inputs': [{'type': 'agreement" BY
         "]}, '/phases/1': {'key': 'b', 'duration': 'P1D', 'ends': ['deadline'], "
         "'inputs': [{'type': 'agreement" BY ", {'type': 'decision" BY "]}}",
         "/phases/1/inputs too_many"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_uncounted(cases[i].changes, cases[i].faults);
}

/* Those whom a secret ballot carried could not vote on a later text. */
TEST(framework_check_counted__a_verdict_rejects_only_where_it_is_the_outcome)
{
#define VERDICT(method, inputs)                                                                    \
    "{'/rule': {'method': '" method "'}, '/phases/0': {'key': 'a', 'duration': 'P1D', 'ends': "    \
    "['deadline'], 'inputs': [" inputs "]}}"
    static const struct {
        const char *changes, *faults;
    } cases[] = {
        {VERDICT("majority", "{'type': 'verdict', 'values': ['approve', 'reject']" BY_CREW),
         "/phases/0/inputs/0/values condition_impossible"},
        {VERDICT("majority", "{'type': 'verdict', 'values': ['approve']" BY_CREW), ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_uncounted(cases[i].changes, cases[i].faults);
}

TEST(framework_check_counted__no_share_that_nothing_passes)
{
    expect_uncounted("{'/rule/threshold': [1, 1]}", "/rule/threshold condition_impossible");
    expect_uncounted("{'/rule/threshold': [7, 7], '/rule/inclusive': false}",
                     "/rule/threshold condition_impossible");
    expect_uncounted("{'/rule/threshold': [1, 1], '/rule/inclusive': true}", "");
    expect_uncounted("{'/rule/threshold': [999, 1000]}", "");
    expect_uncounted(
        "{'/rule': {'method': 'schulze', 'status_quo': 'x', 'against_status_quo': [1, 1]},"
        " '/phases/1/ends': ['deadline']}",
        "/rule/against_status_quo condition_impossible");
}

TEST(framework_check_counted__no_new_text_after_secret_ballots_that_carry)
{
    static const struct {
        const char *secret, *proxies, *after, *fault;
    } cases[] = {
        {"true", "true", "]}], 'revise': 'vote'", "/phases/2/revise condition_impossible"},
        {"true", "true", ", 'return']}], 'back': 'vote'", "/phases/2/back condition_impossible"},
        {"true", "true", "]}]", ""},
        {"true", "false", "]}], 'revise': 'vote'", ""},
        {"false", "true", "]}], 'revise': 'vote'", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char changes[600];
        (void)snprintf(changes, sizeof changes,
                       "{'/phases': [{'key': 'talk', 'duration': 'P1D', 'ends': ['deadline'], "
                       "'inputs': [{'type': 'question', 'by': ['crew']}], 'revise': 'talk'}, "
                       "{'key': 'vote', 'duration': 'P1D', 'ends': ['deadline'], 'ballots': "
                       "['crew']}, {'key': 'after', 'duration': 'P1D', 'ends': ['deadline'], "
                       "'inputs': [{'type': 'verdict', 'by': ['lead'], 'values': ['approve'%s}], "
                       "'/rule': {'method': 'majority', 'secret': %s, 'proxy': {'allowed': %s}}}",
                       cases[i].after, cases[i].secret, cases[i].proxies);
        expect_uncounted(changes, cases[i].fault);
    }
}

TEST(framework__all_faults_are_told_at_once)
{
    expect_faults("{'/key': '', '/roles/0/min': 9, '/phases/0/advance': ['x'], '/rule/threshold': "
                  "[9, 3], '/review': 7}",
                  "/key too_short\n/roles/0/min range_inverted\n/phases/0/advance/0 unknown_role\n"
                  "/rule/threshold too_large\n/review duration\n"
                  "/phases/0/ends condition_impossible");
}

static void expect_configured(const char *framework, const char *overrides, const char *expected)
{
    struct arena arena;
    struct json frozen;
    struct faults faults;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct json definition = definition_of(&arena, framework);
    bool fine =
        framework_configure(&arena, &definition, json_new(&arena, overrides), &frozen, &faults);
    EXPECT(fine == !*expected);
    EXPECT_TEXT(fault_lines(&arena, &faults), expected);
    arena_release(&arena);
}

static void expect_fallback(const char *changes, const char *expected)
{
    struct arena arena;
    struct framework framework;
    struct faults faults;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct json definition = definition_with(&arena, changes);
    EXPECT(framework_read(&arena, &definition, &framework, &faults));
    framework_check_fallback(&framework, &faults);
    EXPECT_TEXT(fault_lines(&arena, &faults), expected);
    arena_release(&arena);
}

#define ASIDE "'/phases/1/inputs/1': {'type': 'stand_aside', 'by': ['crew'], 'required': true}"

/* What escalates at all, by the sections 3.2 to 3.5 of FRAMEWORKS.md; in a consensus somebody must
 * be able to block, or too many to stand aside. */
TEST(framework_check_fallback__it_can_open)
{
    static const char idle[] = "/rule/fallback condition_impossible";
    static const struct {
        const char *changes, *faults;
    } cases[] = {
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': 'majority'}, " POLL "}",
         ""},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': 'majority'}, " POLL
         ", " ASIDE "}",
         idle},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': {'framework': "
         "'majority'}, 'stand_aside_cap': [1, 3]}, " POLL ", " ASIDE "}",
         ""},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1, 'fallback': 'majority', "
         "'stand_aside_cap': [3, 3]}, " POLL ", " ASIDE "}",
         idle},
        {"{'/rule': {'method': 'consensus', 'max_rounds': 1}, " POLL ", " ASIDE "}", ""},
        {"{'/rule': {'method': 'lazy_consensus', 'fallback': 'majority'}, " WINDOW(
             "'deadline'") "}",
         ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_fallback(cases[i].changes, cases[i].faults);
}

TEST(framework_configure__a_fallback_where_nothing_escalates)
{
    static const char *const never[] = {"single_decider", "consultative", "advice", "raci",
                                        "daci",           "rapid",        "spade"};
    static const char *const may[] = {"consent", "role_election", "lazy_consensus"};
    static const char fallback[] = "{\"rule\": {\"fallback\": \"majority\"}}";
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        expect_configured(never[i], fallback, "/rule/fallback condition_impossible");
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        expect_configured(may[i], fallback, "");
    expect_configured("consensus", "{\"rule\": {\"fallback\": \"majority\", \"max_rounds\": 2}}",
                      "");
    expect_configured("majority", fallback, "/rule/fallback unknown_member");
}

/* Such a framework was accepted once; its decisions can still be configured. */
TEST(framework_configure__leaves_alone_what_the_framework_has_without_effect)
{
    struct arena arena;
    struct json with, frozen;
    struct faults faults;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct json definition = definition_of(&arena, "single_decider");
    struct json *rule = (struct json *)(uintptr_t)json_get(&definition, "rule");
    *rule = json_of(&arena, "{\"method\": \"single_decider\", \"fallback\": \"majority\"}");
    with = json_of(&arena, "{\"rule\": {\"expiry\": \"P9D\"}}");
    EXPECT(framework_configure(&arena, &definition, &with, &frozen, &faults));
    arena_release(&arena);
}

TEST(framework_configure__refuses_what_is_no_configuration)
{
    expect_configured("majority", "{}", "");
    expect_configured("majority", "null", "");
    expect_configured("majority", "[]", " type");
    expect_configured("majority", "{\"roles\": []}", "/roles unknown_member");
    expect_configured("majority", "{\"rule\": {\"method\": \"approval\"}}",
                      "/rule/method read_only");
    expect_configured("majority", "{\"rule\": {\"threshold\": [2, 1]}}",
                      "/rule/threshold too_large");
    expect_configured("majority", "{\"phases\": {\"talk\": {}}}", "/phases/talk unknown_phase");
    expect_configured("majority", "{\"phases\": {\"vote\": {\"ends\": []}}}",
                      "/phases/vote/ends unknown_member");
    expect_configured("majority", "{\"phases\": {\"vote\": {\"duration\": \"1 day\"}}}",
                      "/phases/0/duration duration");
    expect_configured("single_decider", "{\"phases\": {\"decide\": {\"duration\": \"P1D\"}}}",
                      "/phases/0/duration condition_impossible");
}

TEST(framework_configure__freezes_the_changed_definition_and_leaves_the_original)
{
    struct arena arena;
    struct json frozen;
    struct faults faults;
    struct buf before, after;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct json definition = definition_of(&arena, "consent");
    buf_init(&before, &arena, 1 << 20);
    buf_init(&after, &arena, 1 << 20);
    json_write(&before, &definition);
    EXPECT(framework_configure(&arena, &definition,
                               json_new(&arena, "{\"rule\": {\"silence\": \"consent\", "
                                                "\"max_rounds\": null}, \"phases\": {\"object\": "
                                                "{\"duration\": \"P2D\"}, \"clarify\": "
                                                "{\"duration\": null}}, \"review\": null}"),
                               &frozen, &faults));
    json_write(&after, &definition);
    EXPECT_TEXT(buf_cstr(&before), buf_cstr(&after));
    const struct json *phases = json_get(&frozen, "phases"), *rule = json_get(&frozen, "rule");
    EXPECT_TEXT(json_get_text(rule, "silence"), "consent");
    EXPECT_TEXT(json_get_text(rule, "objection_test"), "holacracy");
    EXPECT(!json_get(rule, "max_rounds"));
    EXPECT(json_get(&phases->list.items[0], "duration")->type == JSON_NULL_VALUE);
    EXPECT_TEXT(json_get_text(&phases->list.items[1], "duration"), "P3D");
    EXPECT_TEXT(json_get_text(&phases->list.items[2], "duration"), "P2D");
    EXPECT(json_get(&frozen, "review")->type == JSON_NULL_VALUE);
    arena_release(&arena);
}
