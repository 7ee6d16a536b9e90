/* SPDX-License-Identifier: Apache-2.0 */
#include "validate.h"

#include "schemas.h"
#include "test.h"

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
                  {&anything, "[1,\"a\",null,{}]", ""}, {&anything, "9e18", ""},
                  {&anything, "-9e18", ""}, {&uuid_or_null, "null", ""},
                  {&uuid_or_null, "1", " type"});
}

/* JSON Schema draft 2020-12, core 4.2.3 and validation 6.1.1: 1.0 is an integer. */
TEST(integers_and_numbers)
{
    EXPECT_FAULTS({&integer, "1", ""}, {&integer, "1.0", ""}, {&integer, "-3e2", ""},
                  {&integer, "1.5", " type"}, {&integer, "9223372036854775807", ""},
                  {&integer, "-9223372036854775808", ""}, {&integer, "9007199254740991.0", ""},
                  {&integer, "9007199254740992.0", " too_large"}, {&integer, "9e18", " too_large"},
                  {&integer, "-9e18", " too_small"}, {&integer, "\"1\"", " type"},
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

TEST(ids_are_lowered_where_the_schema_says_so)
{
#define LOUD "\"018F6D1C-7A1E-7B3A-9C55-2F6F5B0C1A2B\""
#define LOW "\"018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b\""
    static const struct schema uuids = {
        .types = TYPE_ARRAY, .items = &uuid, .unique_items = true, ANY_SIZE};
    static const struct schema *const id_or_ids[] = {&uuid, &uuids, NULL};
    static const struct schema either_way = {.types = TYPE_ANY, .any_of = id_or_ids, ANY_SIZE};
    static const struct schema_property members[] = {{"id", &either_way}, {"name", &text}};
    static const struct schema map = {.types = TYPE_OBJECT,
                                      .properties = members,
                                      .property_count = 2,
                                      .additional = &uuid,
                                      ANY_SIZE};
    struct json value;
    struct json_error error;
    struct buf buf;
    static const char text_in[] =
        "{\"id\":[" LOUD "," LOW "],\"name\":" LOUD ",\"more\":" LOUD ",\"no\":7}";
    EXPECT(json_read(&arena, text_in, sizeof text_in - 1, &value, &error));
    validate_lower_ids(&map, &value, &arena);
    buf_init(&buf, &arena, SIZE_MAX);
    json_write(&buf, &value);
    EXPECT_TEXT(buf_cstr(&buf),
                "{\"id\":[" LOW "," LOW "],\"name\":" LOUD ",\"more\":" LOW ",\"no\":7}");
    struct faults faults;
    faults_init(&faults, &arena);
    validate_value(&uuids, &value.map.members[0].value, "", &faults);
    EXPECT(faults.found == 1);
}
