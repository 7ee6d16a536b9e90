/* SPDX-License-Identifier: Apache-2.0 */
#include "router.h"

#include "test.h"

/* ---- a tree by hand:
 * /v1/teams                GET POST
 * /v1/teams/batch          POST
 * /v1/teams/{}             GET DELETE
 * /v1/teams/{}/members     GET
 * /v1/teams/batch/jobs     GET
 * /v1/{}/x/{}              PUT ---- */

#define OPERATION(name, verb)                                                                      \
    static const struct operation name = {.id = #name, .method = METHOD_##verb}

OPERATION(team_list, GET);
OPERATION(team_create, POST);
OPERATION(team_batch, POST);
OPERATION(team_get, GET);
OPERATION(team_delete, DELETE);
OPERATION(member_list, GET);
OPERATION(job_list, GET);
OPERATION(x_put, PUT);

typedef const struct operation *const methods[METHOD_DELETE + 1];

static methods of_teams = {[METHOD_GET] = &team_list, [METHOD_POST] = &team_create};
static methods of_batch = {[METHOD_POST] = &team_batch};
static methods of_team = {[METHOD_GET] = &team_get, [METHOD_DELETE] = &team_delete};
static methods of_members = {[METHOD_GET] = &member_list};
static methods of_jobs = {[METHOD_GET] = &job_list};
static methods of_x = {[METHOD_PUT] = &x_put};

static const struct route_node below_batch[] = {
    {.segment = "jobs", .methods = of_jobs, .allow = "GET, HEAD, OPTIONS"},
};
static const struct route_node below_team[] = {
    {.segment = "members", .methods = of_members, .allow = "GET, HEAD, OPTIONS"},
};
static const struct route_node below_teams[] = {
    {.segment = "batch",
     .children = below_batch,
     .child_count = 1,
     .methods = of_batch,
     .allow = "POST, OPTIONS"},
    {.segment = NULL,
     .children = below_team,
     .child_count = 1,
     .methods = of_team,
     .allow = "GET, HEAD, DELETE, OPTIONS"},
};
static const struct route_node below_x[] = {
    {.segment = NULL, .methods = of_x, .allow = "PUT, OPTIONS"},
};
static const struct route_node below_any[] = {
    {.segment = "x", .children = below_x, .child_count = 1},
};
static const struct route_node below_v1[] = {
    {.segment = "teams",
     .children = below_teams,
     .child_count = 2,
     .methods = of_teams,
     .allow = "GET, HEAD, POST, OPTIONS"},
    {.segment = NULL, .children = below_any, .child_count = 1},
};
static const struct route_node below_root[] = {
    {.segment = "v1", .children = below_v1, .child_count = 2},
};
const struct route_node route_root = {.children = below_root, .child_count = 1};

/* ---- finding ---- */

static struct arena arena;
static struct problem problem;
static struct route route;

static bool find(const char *method, const char *target)
{
    struct request request = {.method = method_from_text(method), .target = target};
    arena_reset(&arena);
    problem_init(&problem, &arena);
    return request_parse_target(&request, &arena, &problem) &&
           router_find(&request, &route, &problem);
}

static const char *code(void)
{
    return problem.set ? problem_kinds[problem.code].code : "(none)";
}

TEST(finds_by_method)
{
    EXPECT(find("GET", "/v1/teams") && route.operation == &team_list);
    EXPECT(find("POST", "/v1/teams") && route.operation == &team_create);
    EXPECT(route.argument_count == 0);
}

TEST(query_does_not_matter)
{
    EXPECT(find("GET", "/v1/teams?a=/v1/x") && route.operation == &team_list);
}

TEST(head_finds_get)
{
    EXPECT(find("HEAD", "/v1/teams/7") && route.operation == &team_get);
}

TEST(argument_is_kept_decoded)
{
    EXPECT(find("GET", "/v1/teams/a%2Fb%C3%A9"));
    EXPECT(route.operation == &team_get && route.argument_count == 1);
    EXPECT_TEXT(route.arguments[0], "a/b\xC3\xA9");
}

TEST(arguments_stand_in_order)
{
    EXPECT(find("PUT", "/v1/one/x/two") && route.operation == &x_put);
    EXPECT(route.argument_count == 2);
    EXPECT_TEXT(route.arguments[0], "one");
    EXPECT_TEXT(route.arguments[1], "two");
}

TEST(literal_beats_argument)
{
    EXPECT(find("POST", "/v1/teams/batch") && route.operation == &team_batch);
    EXPECT(route.argument_count == 0);
    EXPECT(find("GET", "/v1/teams/batch/jobs") && route.operation == &job_list);
}

TEST(literal_that_leads_nowhere_gives_way_to_argument)
{
    EXPECT(find("GET", "/v1/teams/batch/members") && route.operation == &member_list);
    EXPECT(route.argument_count == 1);
    EXPECT_TEXT(route.arguments[0], "batch");
    EXPECT(find("PUT", "/v1/teams/x/y") && route.operation == &x_put);
    EXPECT(route.argument_count == 2);
    EXPECT_TEXT(route.arguments[0], "teams");
    EXPECT_TEXT(route.arguments[1], "y");
}

TEST(literal_with_another_method_does_not_give_way)
{
    EXPECT(!find("GET", "/v1/teams/batch"));
    EXPECT_TEXT(code(), "method_not_allowed");
    EXPECT_TEXT(route.allow, "POST, OPTIONS");
}

TEST(wrong_method_says_which_there_are)
{
    EXPECT(!find("PATCH", "/v1/teams"));
    EXPECT_TEXT(code(), "method_not_allowed");
    EXPECT(problem.status == 405);
    EXPECT_TEXT(route.allow, "GET, HEAD, POST, OPTIONS");
    EXPECT(!find("HEAD", "/v1/one/x/two"));
    EXPECT_TEXT(code(), "method_not_allowed");
}

TEST(options_finds_the_path)
{
    EXPECT(find("OPTIONS", "/v1/teams/7") && route.operation == NULL);
    EXPECT_TEXT(route.allow, "GET, HEAD, DELETE, OPTIONS");
    EXPECT(!find("OPTIONS", "/v1/nothing"));
    EXPECT_TEXT(code(), "not_found");
}

TEST(options_of_the_server)
{
    EXPECT(find("OPTIONS", "*") && route.operation == NULL);
    EXPECT_TEXT(route.allow, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

TEST(unknown_method_is_501_wherever)
{
    const char *const methods_unknown[] = {"BREW", "get", "TRACE", "CONNECT", ""};
    for (size_t i = 0; i < sizeof methods_unknown / sizeof *methods_unknown; i++) {
        EXPECT(!find(methods_unknown[i], "/v1/teams"));
        EXPECT_TEXT(code(), "method_unknown");
        EXPECT(problem.status == 501);
    }
}

TEST(paths_that_lead_nowhere)
{
    const char *const targets[] = {
        "/",         "/v1",        "/v1/",      "/v2/teams",    "/v1/teams/",
        "/v1/team",  "/v1/teamss", "/V1/teams", "/v1/teams/7/", "/v1/teams/7/members/1",
        "/v1/one/x", "/v1/one/x/",
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        EXPECT(!find("GET", targets[i]));
        EXPECT_TEXT(code(), "not_found");
    }
}
