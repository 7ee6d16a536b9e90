/* SPDX-License-Identifier: Apache-2.0 */
#include "validate.h"

#include "test.h"

/* ---- schemas by hand ---- */

const char *const patterns[] = {"^[a-z]+$", "[^ ]"};
const size_t pattern_count = 2;

#define ANY_NUMBER .minimum = INT64_MIN, .maximum = INT64_MAX
#define ANY_SIZE                                                                                   \
    .max_length = SIZE_MAX, .max_items = SIZE_MAX, .max_properties = SIZE_MAX, ANY_NUMBER

static const char *const colours[] = {"\"red\"", "\"gr\303\274n\"", "7", "null", NULL};
static const char *const one_kind[] = {"\"circle\"", NULL};

static const struct schema anything = {.types = TYPE_ANY, ANY_SIZE};
static const struct schema text = {.types = TYPE_STRING, ANY_SIZE};
static const struct schema word = {
    .types = TYPE_STRING, .min_length = 2, .max_length = 4, .pattern = "^[a-z]+$", ANY_NUMBER};
static const struct schema visible = {
    .types = TYPE_STRING, ANY_SIZE, .pattern = "[^ ]", .pattern_index = 1};
static const struct schema integer = {.types = TYPE_INTEGER, ANY_SIZE};
static const struct schema digit = {
    .types = TYPE_INTEGER, .minimum = 0, .maximum = 9, .max_length = SIZE_MAX};
static const struct schema number = {
    .types = TYPE_NUMBER, .minimum = -1, .maximum = 1, .max_length = SIZE_MAX};
static const struct schema boolean = {.types = TYPE_BOOLEAN, ANY_SIZE};
static const struct schema nothing = {.types = TYPE_NULL, ANY_SIZE};
static const struct schema uuid_or_null = {
    .types = TYPE_STRING | TYPE_NULL, .format = FORMAT_UUID, ANY_SIZE};
static const struct schema uuid = {.types = TYPE_STRING, .format = FORMAT_UUID, ANY_SIZE};
static const struct schema colour = {.types = TYPE_ANY, .enumeration = colours, ANY_SIZE};
static const struct schema circle = {.types = TYPE_ANY, .enumeration = one_kind, ANY_SIZE};
static const struct schema set = {.types = TYPE_ARRAY,
                                  .items = &integer,
                                  .unique_items = true,
                                  .min_items = 1,
                                  .max_items = 3,
                                  ANY_NUMBER};
static const struct schema read_only = {.types = TYPE_STRING, .read_only = true, ANY_SIZE};
static const struct schema_property team_properties[] = {
    {"id", &read_only}, {"name", &word}, {"rank", &digit}, {"tags", &set}};
static const char *const team_required[] = {"name", "rank", NULL};
static const struct schema team = {.types = TYPE_OBJECT,
                                   .properties = team_properties,
                                   .property_count = 4,
                                   .required = team_required,
                                   .closed = true,
                                   .max_length = SIZE_MAX,
                                   .min_properties = 1,
                                   .max_properties = 3,
                                   ANY_NUMBER};
static const struct schema counts = {.types = TYPE_OBJECT, .additional = &integer, ANY_SIZE};
static const struct schema open_map = {.types = TYPE_OBJECT, ANY_SIZE};
static const struct schema *const either[] = {&team, &set, &nothing, NULL};
static const struct schema team_or_set = {.types = TYPE_ANY, .any_of = either, ANY_SIZE};
static const struct schema *const both_texts[] = {&word, &uuid, NULL};
static const struct schema word_or_uuid = {.types = TYPE_ANY, .any_of = both_texts, ANY_SIZE};
static const struct schema tree;
static const struct schema forest = {.types = TYPE_ARRAY, .items = &tree, ANY_SIZE};
static const struct schema_property tree_properties[] = {{"a/b~c", &forest}};
static const struct schema tree = {.types = TYPE_OBJECT,
                                   .properties = tree_properties,
                                   .property_count = 1,
                                   .closed = true,
                                   ANY_SIZE};

/* ---- one value ---- */

static struct arena arena;

/* All faults as "pointer code" separated by commas. */
static const char *list_faults(const struct faults *faults)
{
    struct buf buf;
    buf_init(&buf, &arena, SIZE_MAX);
    for (size_t i = 0; i < faults->count; i++)
        buf_printf(&buf, "%s%s %s", i ? "," : "", faults->items[i].pointer, faults->items[i].code);
    return buf_cstr(&buf);
}

static const char *check(const struct schema *schema, const char *json)
{
    struct json value;
    struct json_error error;
    struct faults faults;
    arena_reset(&arena);
    validate_prepare();
    faults_init(&faults, &arena);
    if (!json_read(&arena, json, strlen(json), &value, &error))
        return "(no JSON)";
    validate_value(schema, &value, "", &faults);
    return list_faults(&faults);
}

struct value_case {
    const struct schema *schema;
    const char *json;
    const char *faults;
};

static void expect_faults(const struct value_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *faults = check(cases[i].schema, cases[i].json);
        if (strcmp(faults, cases[i].faults) == 0)
            continue;
        test_failed = true;
        printf("# %s\n#   is       %s\n#   expected %s\n", cases[i].json, faults, cases[i].faults);
    }
}

#define EXPECT_FAULTS(...)                                                                         \
    do {                                                                                           \
        static const struct value_case cases[] = {__VA_ARGS__};                                    \
        expect_faults(cases, sizeof cases / sizeof *cases);                                        \
    } while (0)

TEST(types)
{
    EXPECT_FAULTS({&text, "\"\"", ""}, {&text, "1", " type"}, {&text, "null", " type"},
                  {&boolean, "true", ""}, {&boolean, "0", " type"}, {&boolean, "\"true\"", " type"},
                  {&nothing, "null", ""}, {&nothing, "false", " type"}, {&set, "{}", " type"},
                  {&open_map, "[]", " type"}, {&open_map, "{\"a\":[{}]}", ""},
                  {&anything, "[1,\"a\",null,{}]", ""}, {&anything, "1e300", ""},
                  {&anything, "-1e300", ""}, {&uuid_or_null, "null", ""},
                  {&uuid_or_null, "1", " type"});
}

/* JSON Schema draft 2020-12, core 4.2.3 and validation 6.1.1: 1.0 is an integer. */
TEST(integers_and_numbers)
{
    EXPECT_FAULTS({&integer, "1", ""}, {&integer, "1.0", ""}, {&integer, "-3e2", ""},
                  {&integer, "1.5", " type"}, {&integer, "9223372036854775807", ""},
                  {&integer, "-9223372036854775808", ""}, {&integer, "9007199254740991.0", ""},
                  {&integer, "9007199254740992.0", " too_large"}, {&integer, "1e300", " too_large"},
                  {&integer, "-1e300", " too_small"}, {&integer, "\"1\"", " type"},
                  {&number, "0", ""}, {&number, "1", ""}, {&number, "1.0", ""},
                  {&number, "-0.5", ""}, {&number, "1.5", " too_large"},
                  {&number, "2", " too_large"}, {&number, "-1.0001", " too_small"},
                  {&digit, "0", ""}, {&digit, "9", ""}, {&digit, "10", " too_large"},
                  {&digit, "-1", " too_small"}, {&digit, "9.0", ""},
                  {&digit, "10.0", " too_large"});
}

TEST(lengths_count_code_points)
{
    EXPECT_FAULTS({&word, "\"ab\"", ""}, {&word, "\"abcd\"", ""}, {&word, "\"a\"", " too_short"},
                  {&word, "\"abcde\"", " too_long"}, {&word, "\"\"", " too_short, pattern"});
    static const struct schema four = {
        .types = TYPE_STRING, .min_length = 4, .max_length = 4, ANY_NUMBER};
    EXPECT_TEXT(check(&four, "\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xE6\x97\xA5\xC3\xA9\""), "");
    EXPECT_TEXT(check(&four, "\"\\ud83d\\ude00abc\""), "");
    EXPECT_TEXT(check(&four, "\"\\ud83d\\ude00ab\""), " too_short");
    EXPECT_TEXT(check(&four, "\"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\""), " too_long");
}

TEST(patterns)
{
    EXPECT_FAULTS({&word, "\"ab1\"", " pattern"}, {&word, "\"AB\"", " pattern"},
                  {&word, "\"ab\\n\"", " pattern"}, {&visible, "\"  \"", " pattern"},
                  {&visible, "\" x \"", ""}, {&visible, "\" \xC3\xA9 \"", ""},
                  {&visible, "\"\\n\"", ""});
}

TEST(too_long_a_text_is_not_matched)
{
    EXPECT_TEXT(check(&word, "\"ABCDE\""), " too_long");
}

TEST(formats)
{
    EXPECT_FAULTS({&uuid, "\"919108f7-52d1-4320-9bac-f847db4148a8\"", ""},
                  {&uuid, "\"919108f7\"", " format"}, {&uuid_or_null, "\"x\"", " format"});
}

TEST(enumerations)
{
    EXPECT_FAULTS({&colour, "\"red\"", ""}, {&colour, "\"gr\\u00fcn\"", ""}, {&colour, "7", ""},
                  {&colour, "7.0", ""}, {&colour, "null", ""}, {&colour, "\"7\"", " enum"},
                  {&colour, "8", " enum"}, {&colour, "7.5", " enum"}, {&colour, "false", " enum"},
                  {&colour, "[]", " enum"}, {&colour, "{}", " enum"}, {&colour, "\"Red\"", " enum"},
                  {&circle, "\"circle\"", ""}, {&circle, "\"ring\"", " const"});
}

TEST(arrays)
{
    EXPECT_FAULTS({&set, "[1]", ""}, {&set, "[1,2,3]", ""}, {&set, "[]", " too_few"},
                  {&set, "[1,2,3,4]", " too_many"}, {&set, "[1,\"a\",2.5]", "/1 type,/2 type"},
                  {&set, "[1,2,1]", "/2 not_unique"}, {&set, "[1,1.0]", "/1 not_unique"},
                  {&set, "[1,1,1]", "/1 not_unique,/2 not_unique"});
    static const struct schema objects = {
        .types = TYPE_ARRAY, .items = &open_map, .unique_items = true, ANY_SIZE};
    EXPECT_TEXT(check(&objects, "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]"), "/1 not_unique");
    EXPECT_TEXT(check(&objects, "[{\"a\":1},{\"a\":2},{\"a\":\"1\"}]"), "");
}

TEST(objects)
{
    EXPECT_FAULTS(
        {&team, "{\"name\":\"ab\",\"rank\":1}", ""},
        {&team, "{}", " too_few,/name required,/rank required"},
        {&team, "{\"name\":\"ab\",\"rank\":1,\"x\":1}", "/x unknown_member"},
        {&team, "{\"name\":\"ab\",\"rank\":1,\"id\":\"x\"}", "/id read_only"},
        {&team, "{\"name\":\"ab\",\"rank\":null}", "/rank type"},
        {&team, "{\"name\":\"ab\",\"rank\":1,\"tags\":[1],\"x\":1}", " too_many,/x unknown_member"},
        {&counts, "{\"a\":1,\"b\":\"x\",\"c\":2}", "/b type"}, {&counts, "{}", ""});
}

TEST(all_faults_at_once)
{
    EXPECT_TEXT(check(&team, "{\"rank\":10,\"tags\":[\"x\",1,1],\"Name\":\"a\"}"),
                "/name required,/rank too_large,/tags/0 type,/tags/2 not_unique,"
                "/Name unknown_member");
}

/* RFC 6901 section 3: ~ is ~0 and / is ~1. */
TEST(pointers_are_escaped)
{
    EXPECT_TEXT(check(&tree, "{\"a/b~c\":[{},{\"a/b~c\":[7]}]}"), "/a~1b~0c/1/a~1b~0c/0 type");
    EXPECT_TEXT(check(&tree, "{\"~1\":1,\"\":2}"), "/~01 unknown_member,/ unknown_member");
}

TEST(alternatives)
{
    EXPECT_FAULTS({&team_or_set, "null", ""}, {&team_or_set, "[1]", ""},
                  {&team_or_set, "{\"name\":\"ab\",\"rank\":1}", ""},
                  /* Only one has the type: its faults say what to do. */
                  {&team_or_set, "[1,1]", "/1 not_unique"},
                  {&team_or_set, "{\"name\":\"ab\"}", "/rank required"},
                  {&team_or_set, "7", " no_match"}, {&word_or_uuid, "\"ab\"", ""},
                  {&word_or_uuid, "\"919108f7-52d1-4320-9bac-f847db4148a8\"", ""},
                  {&word_or_uuid, "\"ABCDEF\"", " no_match"}, {&word_or_uuid, "1", " no_match"});
}

TEST(faults_are_capped_and_counted)
{
    static char json[3000];
    size_t len = 0;
    json[len++] = '[';
    for (int i = 0; i < 250; i++) {
        memcpy(json + len, "\"x\",", 4);
        len += 4;
    }
    json[len - 1] = ']';
    static const struct schema integers = {.types = TYPE_ARRAY, .items = &integer, ANY_SIZE};
    struct json value;
    struct json_error error;
    struct faults faults;
    arena_reset(&arena);
    faults_init(&faults, &arena);
    EXPECT(json_read(&arena, json, len, &value, &error));
    validate_value(&integers, &value, "", &faults);
    EXPECT(faults.count == FAULTS_MAX && faults.found == 250);
}

TEST(a_huge_key_is_not_repeated_in_pointers)
{
    static char json[8000];
    memset(json, 'k', sizeof json);
    memcpy(json, "{\"a\":{\"", 7);
    memcpy(json + 5000, "\":7}}", 6);
    static const struct schema maps = {.types = TYPE_OBJECT, .additional = &open_map, ANY_SIZE};
    static const struct schema outer = {.types = TYPE_OBJECT, .additional = &maps, ANY_SIZE};
    EXPECT_TEXT(check(&outer, json), "/a type");
}

/* ---- a whole request ---- */

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

static const char *get_header(const void *headers, const char *name)
{
    (void)headers;
    if (strcmp(name, "X-Level") == 0)
        return level_header;
    return strcmp(name, "Content-Type") == 0 ? type_header : NULL;
}

static bool validate(const struct operation *operation, const char *query, const char *body)
{
    char target[2000];
    validate_prepare();
    arena_reset(&arena);
    problem_init(&problem, &arena);
    (void)snprintf(target, sizeof target, "/?%s", query);
    request = (struct request){
        .target = target, .header = get_header, .body = body, .body_len = body ? strlen(body) : 0};
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
    EXPECT_TEXT(send_as(&token_create, type, "a=1&a=2"), "malformed_request");
    EXPECT_TEXT(send_as(&token_create, type, "a=%zz"), "malformed_request");
    EXPECT_TEXT(send_as(&token_create, type, "a=%00"), "malformed_request");
    EXPECT_TEXT(send_as(&token_create, type, "a=\xff"), "malformed_request");
}
