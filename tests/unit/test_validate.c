/* SPDX-License-Identifier: Apache-2.0 */
#include "validate.h"

#include "schemas.h"
#include "test.h"

static const struct schema limit = {
    .types = TYPE_INTEGER, .minimum = 1, .maximum = 200, .max_length = SIZE_MAX};
static const struct schema kind = {.types = TYPE_STRING, .max_length = 6, ANY_NUMBER};
static const struct schema share = {
    .types = TYPE_NUMBER, .minimum = 0, .maximum = 1, .max_length = SIZE_MAX};

static const struct parameter list_parameters[] = {
    {.name = "organisation", .place = PLACE_PATH, .required = true, .schema = &word},
    {.name = "team", .place = PLACE_PATH, .required = true, .schema = &uuid},
    {.name = "kind", .place = PLACE_QUERY, .list = true, .schema = &kind},
    {.name = "open", .place = PLACE_QUERY, .schema = &boolean},
    {.name = "share", .place = PLACE_QUERY, .schema = &share},
    {.name = "root", .place = PLACE_QUERY, .required = true, .schema = &uuid},
    {.name = "X-Level", .place = PLACE_HEADER, .schema = &digit},
    {.name = "fields", .place = PLACE_QUERY, .list = true, .schema = &kind},
    {.name = "include", .place = PLACE_QUERY, .list = true, .schema = &kind},
    {.name = "sort", .place = PLACE_QUERY, .schema = &text, .default_text = "name"},
    {.name = "limit", .place = PLACE_QUERY, .schema = &limit, .default_text = "50"},
    {.name = "cursor", .place = PLACE_QUERY, .schema = &text},
};
enum { ORGANISATION, TEAM, KIND, OPEN, SHARE, ROOT, LEVEL };

static const struct sort sorts[] = {{.name = "name"}, {.name = "-created_at"}};
static const struct operation team_list = {
    .id = "team_list",
    .method = METHOD_GET,
    .parameters = list_parameters,
    .parameter_count = sizeof list_parameters / sizeof *list_parameters,
    .list = true,
    .sorts = sorts,
    .sort_count = 2,
};
static const struct parameter write_parameters[] = {
    {.name = "validate_only", .place = PLACE_QUERY, .schema = &boolean, .default_text = "false"},
};
static const struct operation team_create = {
    .method = METHOD_POST,
    .parameters = write_parameters,
    .parameter_count = 1,
    .body_kind = BODY_JSON,
    .body_required = true,
    .body = &team,
    .validate_only = true,
};
static const struct operation team_update = {
    .method = METHOD_PATCH, .body_kind = BODY_MERGE_PATCH, .body = &team};
static const struct operation token_create = {
    .method = METHOD_POST, .body_kind = BODY_FORM, .body_required = true, .body = &open_map};
static const struct operation team_close = {.method = METHOD_POST};

static struct problem problem;
static struct request request;
static struct input input;
static struct route route;
static const char *level_header, *type_header;

/* Those that are not NULL, with names as a client may write them. */
static size_t list_headers(struct request_header headers[2])
{
    size_t count = 0;
    if (level_header)
        headers[count++] = (struct request_header){"x-level", level_header};
    if (type_header)
        headers[count++] = (struct request_header){"CONTENT-TYPE", type_header};
    return count;
}

static bool validate(const struct operation *operation, const char *query, const char *body)
{
    char target[2000];
    static struct request_header headers[2];
    validate_prepare();
    arena_reset(&arena);
    problem_init(&problem, &arena);
    (void)snprintf(target, sizeof target, "/?%s", query);
    request = (struct request){.target = target,
                               .headers = headers,
                               .header_count = list_headers(headers),
                               .body = body,
                               .body_len = body ? strlen(body) : 0};
    EXPECT(request_parse_target(&request, &arena, &problem));
    return validate_request(operation, &route, &request, &arena, &input, &problem);
}

#define ID "919108f7-52d1-4320-9bac-f847db4148a8"

static bool list(const char *query)
{
    route = (struct route){.arguments = {"acme", ID}, .argument_count = 2};
    char whole[1500];
    (void)snprintf(whole, sizeof whole, "root=" ID "&%s", query);
    return validate(&team_list, whole, NULL);
}

static const char *code(void)
{
    return problem.set ? problem_kinds[problem.code].code : "(none)";
}

TEST(values_and_lists)
{
    level_header = "7";
    EXPECT(list("kind=a,b,c&open=true&share=0.5"));
    EXPECT_TEXT(input.values[ORGANISATION], "acme");
    EXPECT_TEXT(input.values[TEAM], ID);
    EXPECT_TEXT(input.values[KIND], "a,b,c");
    EXPECT(input.lists[KIND] && !input.lists[KIND][3]);
    EXPECT_TEXT(input.lists[KIND][1], "b");
    EXPECT_TEXT(input.values[OPEN], "true");
    EXPECT(!input.lists[OPEN]);
    EXPECT_TEXT(input.values[LEVEL], "7");
    level_header = NULL;
    EXPECT(list("") && !input.values[KIND] && !input.lists[KIND] && !input.values[LEVEL]);
}

TEST(engine_parameters_have_defaults)
{
    EXPECT(list(""));
    EXPECT(input.limit == 50 && input.sort == &sorts[0]);
    EXPECT(!input.cursor && !input.fields && !input.include && !input.has_body);
}

TEST(engine_parameters_are_lifted)
{
    EXPECT(list("limit=200&sort=-created_at&cursor=abc&fields=id,name&include=x"));
    EXPECT(input.limit == 200 && input.sort == &sorts[1]);
    EXPECT_TEXT(input.cursor, "abc");
    EXPECT_TEXT(input.fields[1], "name");
    EXPECT_TEXT(input.include[0], "x");
    EXPECT(!input.fields[2] && !input.include[1]);
}

static void expect_query_faults(const char *query, const char *faults)
{
    EXPECT(!list(query));
    EXPECT_TEXT(code(), "invalid_parameter");
    EXPECT(problem.status == 400);
    EXPECT_TEXT(list_faults(&problem.faults), faults);
}

TEST(query_faults)
{
    static const struct {
        const char *query, *faults;
    } cases[] = {
        {"other=1", "query/other unknown_parameter"},
        {"=1", "query/ unknown_parameter"},
        {"Kind=a", "query/Kind unknown_parameter"},
        {"X-Level=1", "query/X-Level unknown_parameter"},
        {"team=1", "query/team unknown_parameter"},
        {"limit=0", "query/limit too_small"},
        {"limit=201", "query/limit too_large"},
        {"limit=", "query/limit type"},
        {"limit=1.0", "query/limit type"},
        {"limit=%2B5", "query/limit type"},
        {"limit=+5", "query/limit type"},
        {"limit=05", "query/limit type"},
        {"limit=5x", "query/limit type"},
        {"limit=0x10", "query/limit type"},
        {"limit=99999999999999999999", "query/limit type"},
        {"limit=5&limit=6", "query/limit duplicate"},
        {"limit=5&limit=5", "query/limit duplicate"},
        {"open=TRUE", "query/open type"},
        {"open=1", "query/open type"},
        {"open=", "query/open type"},
        {"share=1.5", "query/share too_large"},
        {"share=half", "query/share type"},
        {"share=+0.5", "query/share type"},
        {"share=0x1p-1", "query/share type"},
        {"share=nan", "query/share type"},
        {"kind=", "query/kind format"},
        {"kind=a,", "query/kind format"},
        {"kind=,a", "query/kind format"},
        {"kind=a,,b", "query/kind format"},
        {"kind=a,toolong", "query/kind too_long"},
        {"kind=a&kind=b", "query/kind duplicate"},
        {"limit=x&a=1&open=2", "query/a unknown_parameter,query/open type,query/limit type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_query_faults(cases[i].query, cases[i].faults);
}

TEST(limit_at_its_edges)
{
    EXPECT(list("limit=1") && input.limit == 1);
    EXPECT(list("limit=200") && input.limit == 200);
}

TEST(list_parameters_take_fifty_values)
{
    char query[300] = "kind=a";
    size_t len = strlen(query);
    for (int i = 1; i < 50; i++, len += 2)
        memcpy(query + len, ",a", 3);
    EXPECT(list(query));
    memcpy(query + len, ",a", 3);
    expect_query_faults(query, "query/kind too_many");
}

TEST(required_parameter)
{
    route = (struct route){.arguments = {"acme", ID}, .argument_count = 2};
    EXPECT(!validate(&team_list, "", NULL));
    EXPECT_TEXT(list_faults(&problem.faults), "query/root required");
}

TEST(header_faults)
{
    level_header = "10";
    expect_query_faults("", "header/X-Level too_large");
    level_header = "1,2";
    expect_query_faults("", "header/X-Level type");
    level_header = "\xff";
    expect_query_faults("", "header/X-Level encoding");
    level_header = NULL;
}

TEST(path_argument_that_can_name_nothing_is_404)
{
    route = (struct route){.arguments = {"acme", "7"}, .argument_count = 2};
    EXPECT(!validate(&team_list, "other=1", NULL));
    EXPECT_TEXT(code(), "not_found");
    route = (struct route){.arguments = {"ACME", ID}, .argument_count = 2};
    EXPECT(!validate(&team_list, "", NULL));
    EXPECT_TEXT(code(), "not_found");
}

/* ---- bodies ---- */

#define GOOD "{\"name\":\"ab\",\"rank\":1}"

static const char *send_as(const struct operation *operation, const char *type, const char *body)
{
    type_header = type;
    validate(operation, "", body);
    return code();
}

TEST(body_is_read)
{
    EXPECT_TEXT(send_as(&team_create, "application/json", GOOD), "(none)");
    EXPECT(input.has_body);
    EXPECT_TEXT(json_get_text(&input.body, "name"), "ab");
    EXPECT(!input.validate_only);
}

TEST(validate_only)
{
    type_header = "application/json";
    EXPECT(validate(&team_create, "validate_only=true", GOOD) && input.validate_only);
    EXPECT(validate(&team_create, "validate_only=false", GOOD) && !input.validate_only);
    EXPECT(!validate(&team_create, "validate_only=yes", GOOD));
    EXPECT_TEXT(code(), "invalid_parameter");
}

TEST(content_types)
{
    static const struct {
        const struct operation *operation;
        const char *type, *code;
    } cases[] = {
        {&team_create, "application/json; charset=utf-8", "(none)"},
        {&team_create, "Application/JSON;charset=UTF-8", "(none)"},
        {&team_create, " application/json ; charset=\"utf-8\" ;", "(none)"},
        {&team_create, NULL, "unsupported_media_type"},
        {&team_create, "", "unsupported_media_type"},
        {&team_create, "text/plain", "unsupported_media_type"},
        {&team_create, "application/jsonp", "unsupported_media_type"},
        {&team_create, "application/json2", "unsupported_media_type"},
        {&team_create, "application/json x", "unsupported_media_type"},
        {&team_create, "application/json,application/json", "unsupported_media_type"},
        {&team_create, "application/json; charset=latin1", "unsupported_media_type"},
        {&team_create, "application/json; version=2", "unsupported_media_type"},
        {&team_create, "application/merge-patch+json", "unsupported_media_type"},
        {&team_create, "application/x-www-form-urlencoded", "unsupported_media_type"},
        {&team_update, "application/merge-patch+json", "(none)"},
        {&team_update, "application/json", "(none)"},
        {&team_update, "application/json-patch+json", "unsupported_media_type"},
        {&token_create, "application/json", "unsupported_media_type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT_TEXT(send_as(cases[i].operation, cases[i].type, GOOD), cases[i].code);
    EXPECT(problem.status == 415);
}

TEST(missing_bodies)
{
    EXPECT_TEXT(send_as(&team_create, "application/json", NULL), "body_missing");
    EXPECT(problem.status == 400);
    EXPECT_TEXT(send_as(&team_create, NULL, ""), "body_missing");
    EXPECT_TEXT(send_as(&team_update, NULL, NULL), "(none)");
    EXPECT(!input.has_body);
}

TEST(body_where_none_belongs)
{
    EXPECT_TEXT(send_as(&team_close, "application/json", NULL), "(none)");
    EXPECT_TEXT(send_as(&team_close, "application/json", "{}"), "malformed_request");
    EXPECT(problem.status == 400);
}

TEST(bodies_that_are_no_json)
{
    static const char *const bodies[] = {
        "{",
        "{}{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\\u0000\"}",
        "{'a':1}",
        " ",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "\xEF\xBB\xBF{}",
        "{\"a\":1,}",
        "{\"a\":1e999}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        EXPECT_TEXT(send_as(&team_create, "application/json", bodies[i]), "malformed_json");
    EXPECT(problem.status == 400);
}

TEST(depth)
{
    char body[2 * JSON_MAX_DEPTH + 3] = "";
    for (int i = 0; i < JSON_MAX_DEPTH; i++) {
        body[i] = '[';
        body[2 * JSON_MAX_DEPTH - 1 - i] = ']';
    }
    EXPECT_TEXT(send_as(&team_create, "application/json", body), "invalid_body");
    memset(body, '[', JSON_MAX_DEPTH + 1);
    memset(body + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    EXPECT_TEXT(send_as(&team_create, "application/json", body), "body_too_deep");
    EXPECT(problem.status == 400);
}

TEST(body_faults_are_422)
{
    EXPECT_TEXT(send_as(&team_create, "application/json", "{\"name\":\"a\",\"x\":[]}"),
                "invalid_body");
    EXPECT(problem.status == 422);
    EXPECT_TEXT(list_faults(&problem.faults), "/rank required,/name too_short,/x unknown_member");
    EXPECT_TEXT(send_as(&team_create, "application/json", "[]"), "invalid_body");
    EXPECT_TEXT(list_faults(&problem.faults), " type");
}

TEST(parameters_come_before_the_body)
{
    type_header = "application/json";
    EXPECT(!validate(&team_create, "x=1", "{"));
    EXPECT_TEXT(code(), "invalid_parameter");
}

TEST(forms)
{
    const char *type = "application/x-www-form-urlencoded";
    EXPECT_TEXT(send_as(&token_create, type, "grant_type=client_credentials&scope=a+b%26&&c"),
                "(none)");
    EXPECT(input.body.type == JSON_MAP && input.body.map.count == 3);
    EXPECT_TEXT(json_get_text(&input.body, "grant_type"), "client_credentials");
    EXPECT_TEXT(json_get_text(&input.body, "scope"), "a b&");
    EXPECT_TEXT(json_get_text(&input.body, "c"), "");
    EXPECT_TEXT(send_as(&token_create, type, "a=1&a=2"), "invalid_request");
    EXPECT_TEXT(send_as(&token_create, type, "a=%zz"), "invalid_request");
    EXPECT_TEXT(send_as(&token_create, type, "a=%00"), "invalid_request");
    EXPECT_TEXT(send_as(&token_create, type, "a=\xff"), "invalid_request");
}
