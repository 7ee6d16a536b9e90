/* SPDX-License-Identifier: Apache-2.0 */
#include "bind.h"

#include "service.h"
#include "test.h"

static struct arena arena;
static struct service service;
static struct call call;
static struct request_header headers[2];

static const struct parameter parameters[] = {
    {.name = "organisation", .place = PLACE_PATH}, {.name = "decision", .place = PLACE_PATH},
    {.name = "phase", .place = PLACE_QUERY},       {.name = "revision", .place = PLACE_QUERY},
    {.name = "limit", .place = PLACE_QUERY},       {.name = "X-Level", .place = PLACE_HEADER}};

static void begin(const struct operation *operation)
{
    call = (struct call){.service = &service, .arena = &arena, .operation = operation};
    problem_init(&call.problem, &arena);
}

/* What the cursors of a list with these path arguments and parameters are bound to. */
static const char *scope(const char *first, const char *second, const char *const values[4])
{
    static const struct operation operation = {
        .id = "input_list", .list = true, .parameters = parameters, .parameter_count = 6};
    const char *all[] = {first, second, values[0], values[1], values[2], values[3]};
    begin(&operation);
    call.input.values = all;
    EXPECT(bind_prepare(&call));
    return call.cursor_scope;
}

#define VALUES(...) ((const char *const[4]){__VA_ARGS__})

TEST(cursors_are_bound_to_what_chooses_the_rows)
{
    const char *plain = scope("acme", "d", VALUES("vote", "1"));
    EXPECT_TEXT(scope("acme", "d", VALUES("vote", "1", "50", "3")), plain);
    EXPECT(strcmp(scope("acme", "e", VALUES("vote", "1")), plain) != 0);
    EXPECT(strcmp(scope("acme", "d", VALUES("vote", "2")), plain) != 0);
    EXPECT(strcmp(scope("acme", "d", VALUES("vote")), plain) != 0);
}

TEST(no_value_passes_for_two)
{
    const char *two = scope("acme", "d", VALUES("vote", "1"));
    EXPECT(strcmp(scope("acme", "d", VALUES("vote\nrevision=1")), two) != 0);
    EXPECT(strcmp(scope("acme", "d", VALUES("vote\nrevision=1:1")), two) != 0);
    EXPECT(strcmp(scope("acme\nd", NULL, VALUES("vote", "1")), two) != 0);
    EXPECT(strcmp(scope("acme\n1:d", NULL, VALUES("vote", "1")), two) != 0);
}

/* The tags bound as text[], or the status of the refusal. */
static const char *conditions(enum if_match rule, const char *match, const char *none)
{
    static struct operation operation;
    static const struct binding bindings[] = {{.source = SOURCE_IF_MATCH}};
    static const struct statement statement = {.bindings = bindings, .binding_count = 1};
    operation = (struct operation){.if_match = rule};
    begin(&operation);
    call.request.headers = headers;
    if (match)
        headers[call.request.header_count++] = (struct request_header){"if-match", match};
    if (none)
        headers[call.request.header_count++] = (struct request_header){"if-none-match", none};
    if (!bind_prepare(&call))
        return call.problem.status == 400 ? "400" : call.problem.status == 428 ? "428" : "?";
    const char *bound = bind_parameters(&call, &statement, NULL, false)[0];
    return bound ? bound : "any";
}

static const char *tags(enum if_match rule, const char *match)
{
    return conditions(rule, match, NULL);
}

TEST(if_match)
{
    static const char *const cases[][2] = {
        {"*", "{\"\\\"\"}"},
        {"\"1-2+ab\", \"3+\"", "{\"1-2\",\"3\"}"},
        {"\"1\"", "{\"1\"}"},
        {"\"\"", "{\"\"}"},
        {" \"1\" ,\t\"b\",", "{\"1\",\"b\"}"},
        {"W/\"1\"", "{\"W/\\\"1\\\"\"}"},
        {"\"\\\", \"{},\"", "{\"\\\\\",\"{},\"}"},
    };
    static const char *const malformed[] = {
        "",        "1",        "\"1",    "\"",         "w/\"1\"", "W/", "W/\"1",   ",",
        "\"1\" *", "*, \"1\"", "W\"1\"", "\"1\"\"2\"", "\"1\"x",  "**", "\"\xff\""};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT_TEXT(tags(IF_MATCH_REQUIRED, cases[i][0]), cases[i][1]);
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        const char *found = tags(IF_MATCH_OPTIONAL, malformed[i]);
        if (strcmp(found, "400") != 0)
            printf("# %s\n", malformed[i]);
        EXPECT_TEXT(found, "400");
        EXPECT_TEXT(conditions(IF_MATCH_OPTIONAL, NULL, malformed[i]), "400");
    }
}

TEST(if_none_match)
{
    EXPECT_TEXT(conditions(IF_MATCH_OPTIONAL, NULL, "*"), "{\"\\\"+\",\"\\\"*\"}");
    EXPECT_TEXT(conditions(IF_MATCH_OPTIONAL, NULL, "\"1\", W/\"2+gzip\""),
                "{\"\\\"+\",\"\\\"!1\",\"\\\"!2\"}");
    EXPECT_TEXT(conditions(IF_MATCH_REQUIRED, "\"1\"", "\"2\""), "{\"1\",\"\\\"!2\"}");
    EXPECT_TEXT(conditions(IF_MATCH_REQUIRED, NULL, "*"), "428");
    EXPECT_TEXT(conditions(IF_MATCH_NONE, NULL, "x"), "any");
}

TEST(if_match_that_is_missing)
{
    EXPECT_TEXT(tags(IF_MATCH_REQUIRED, NULL), "428");
    EXPECT_TEXT(tags(IF_MATCH_OPTIONAL, NULL), "any");
}
