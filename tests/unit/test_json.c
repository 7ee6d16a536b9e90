/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"
#include "test.h"

static struct arena arena;

static bool reads(const char *text, size_t len, struct json *value)
{
    struct json_error error = {0};
    bool fine = json_read(&arena, text, len, value, &error);
    EXPECT(fine == (error.message[0] == '\0'));
    return fine;
}

static struct json read(const char *text)
{
    struct json value = {.type = JSON_NULL_VALUE};
    EXPECT(reads(text, strlen(text), &value));
    return value;
}

static bool refuses(const char *text)
{
    struct json value;
    return !reads(text, strlen(text), &value);
}

static const char *written(const struct json *value, bool canonical)
{
    struct buf buf;
    buf_init(&buf, &arena, SIZE_MAX);
    if (canonical)
        json_write_canonical(&buf, value);
    else
        json_write(&buf, value);
    return buf_cstr(&buf);
}

TEST(read__and_write_keep_the_document)
{
    static const char text[] =
        "{\"b\":[1,-2,true,false,null,\"x\\n\"],\"a\":{\"z\":0.5,\"y\":{}},\"\":[]}";
    struct json value = read(text);
    EXPECT_TEXT(written(&value, false), text);
    EXPECT_TEXT(written(&value, true),
                "{\"\":[],\"a\":{\"y\":{},\"z\":0.5},\"b\":[1,-2,true,false,null,\"x\\n\"]}");
}

TEST(read__refuses_what_is_no_json)
{
    EXPECT(refuses("") && refuses("{") && refuses("{}x") && refuses("{} {}") && refuses("01"));
    EXPECT(refuses("{'a':1}") && refuses("[1,]") && refuses("NaN") && refuses("\"\n\""));
    EXPECT(refuses("{\"a\":1,\"a\":2}"));
    EXPECT(refuses("{\"a\":1,\"\\u0061\":2}"));
    EXPECT(refuses("\"\xff\"") && refuses("\"\xed\xa0\x80\"") && refuses("\"\xc0\x80\""));
    EXPECT(refuses("\"\\u0000\"") && refuses("\"\\ud800\""));
    struct json value;
    EXPECT(!reads("\"a\0b\"", 5, &value));
    /* Jansson itself passes over a NUL behind a number. */
    EXPECT(!reads("[1\0,2]", 6, &value) && !reads("{\"a\":1\0}", 8, &value));
    EXPECT(!reads("1\0", 2, &value) && !reads("[true\0]", 7, &value));
}

/* What PostgreSQL makes of a number that was read must be readable again: of 1e19 it makes an
 * integer. */
TEST(read__numbers_have_an_end)
{
    EXPECT(refuses("9223372036854775808") && refuses("1e999"));
    EXPECT(refuses("1e19") && refuses("-1e19") && refuses("[{\"a\":-1.7976931348623157e308}]"));
    EXPECT(refuses("9223372036854775808.0") && refuses("-9223372036854775809.0"));
    EXPECT(!refuses("9223372036854774784.0") && !refuses("-9223372036854775808") &&
           !refuses("1e-300"));
}

TEST(read__nesting_has_an_end)
{
    char text[2 * JSON_MAX_DEPTH + 3] = {0};
    struct json value;
    struct json_error error;
    memset(text, '[', JSON_MAX_DEPTH);
    memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    EXPECT(json_read(&arena, text, strlen(text), &value, &error));
    memset(text, '[', JSON_MAX_DEPTH + 1);
    memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    EXPECT(!json_read(&arena, text, strlen(text), &value, &error));
    EXPECT(error.kind == JSON_ERROR_DEPTH);
    EXPECT(!refuses("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\""));
}

TEST(read__messages_do_not_quote_the_text)
{
    struct json value;
    struct json_error error;
    EXPECT(!json_read(&arena, "{\"a\": secret}", 13, &value, &error));
    EXPECT(error.kind == JSON_ERROR_SYNTAX);
    EXPECT(!strstr(error.message, "secret"));
    EXPECT(strstr(error.message, "line 1") != NULL);
}

TEST(get__is_forgiving)
{
    struct json map = read("{\"t\":\"x\",\"i\":7,\"b\":true,\"n\":null}");
    EXPECT_TEXT(json_get_text(&map, "t"), "x");
    EXPECT(json_get_text(&map, "i") == NULL && json_get_text(&map, "none") == NULL);
    EXPECT(json_get_int(&map, "i", 1) == 7 && json_get_int(&map, "t", 1) == 1);
    EXPECT(json_get_bool(&map, "b", false) && json_get_bool(&map, "n", true));
    EXPECT(json_get(NULL, "t") == NULL && json_get(json_get(&map, "t"), "t") == NULL);
    EXPECT(json_is_text(json_get(&map, "t"), "x") && !json_is_text(json_get(&map, "i"), "7"));
}

TEST(same__ignores_order_and_the_way_a_number_is_written)
{
    struct json a = read("{\"x\":[1,{\"p\":null,\"q\":\"s\"}],\"y\":2}");
    struct json b = read("{\"y\":2.0,\"x\":[1.0,{\"q\":\"s\",\"p\":null}]}");
    struct json c = read("{\"y\":2,\"x\":[{\"q\":\"s\",\"p\":null},1]}");
    struct json d = read("{\"x\":[1,{\"p\":null,\"q\":\"s\"}],\"z\":2}");
    EXPECT(json_same(&a, &b) && json_same(&b, &a));
    EXPECT(!json_same(&a, &c) && !json_same(&a, &d));
}

TEST(canonical__equal_values_give_equal_bytes)
{
    struct json a = read("{\"b\":1,\"a\":{\"d\":[],\"c\":\"\\u00e9\"}}");
    struct json b = read("{\"a\":{\"c\":\"\xc3\xa9\",\"d\":[]},\"b\":1}");
    EXPECT_TEXT(written(&a, true), written(&b, true));
}

TEST(writer__places_the_commas)
{
    struct buf buf;
    struct json_writer w;
    struct json value = read("[1]");
    buf_init(&buf, &arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_map(&w);
    jw_key(&w, "empty");
    jw_list(&w);
    jw_list_end(&w);
    jw_key(&w, "list");
    jw_list(&w);
    jw_int(&w, 1);
    jw_map(&w);
    jw_map_end(&w);
    jw_text(&w, NULL);
    jw_null(&w);
    jw_value(&w, &value);
    jw_value(&w, NULL);
    jw_raw(&w, "{\"r\":0}", 7);
    jw_list_end(&w);
    jw_key_text(&w, "t\"", "x");
    jw_key_int(&w, "i", -1);
    jw_key_bool(&w, "b", false);
    jw_map_end(&w);
    EXPECT_TEXT(buf_cstr(&buf), "{\"empty\":[],\"list\":[1,{},null,null,[1],null,{\"r\":0}],"
                                "\"t\\\"\":\"x\",\"i\":-1,\"b\":false}");
}

/* JSON Schema draft 2020-12, core 4.2.3: without a fraction it is an integer. */
TEST(read__of_integers_in_other_spellings)
{
    struct json value = read("[3.0,3e0,-2.0e1,-0.0,9007199254740991.0,9007199254740992.0,0.5]");
    static const int64_t expected[] = {3, 3, -20, 0, 9007199254740991};
    for (size_t i = 0; i < 5; i++)
        EXPECT(value.list.items[i].type == JSON_INT && value.list.items[i].integer == expected[i]);
    EXPECT(value.list.items[5].type == JSON_NUMBER && value.list.items[6].type == JSON_NUMBER);
}

TEST(lower_id)
{
    static const char *const cases[][2] = {
        {"\"018F6D1C-7A1E-7B3A-9C55-2F6F5B0C1A2B\"", "\"018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b\""},
        {"\"018f6d1c-7a1E-7b3a-9c55-2f6f5b0c1a2b\"", "\"018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b\""},
        {"\"018F6D1C-7A1E-7B3A-9C55-2F6F5B0C1A2\"", NULL},
        {"\"018F6D1C-7A1E-7B3A-9C55-2F6F5B0C1A2BA\"", NULL},
        {"\"018F6D1C-7A1E-7B3A-9C552F-6F5B0C1A2B\"", NULL},
        {"\"018F6D1C-7A1E-7B3A-9C55-2F6F5B0C1A2G\"", NULL},
        {"\"A\"", NULL},
        {"[\"018F6D1C-7A1E-7B3A-9C55-2F6F5B0C1A2B\"]", NULL},
        {"7", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json value = read(cases[i][0]);
        json_lower_id(&arena, &value);
        EXPECT_TEXT(written(&value, false), cases[i][1] ? cases[i][1] : cases[i][0]);
    }
}

TEST(write__keeps_a_fraction_as_it_was_written)
{
    static const char *const texts[] = {
        "0.1",    "-2.675",     "0.30000000000000004", "1e-320", "123456789.012345",
        "5e-324", "2.2204e-16", "0.3333333333333333"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct json value = read(texts[i]);
        struct json again = read(written(&value, false));
        EXPECT(json_same(&value, &again));
        if (i < 3)
            EXPECT_TEXT(written(&value, false), texts[i]);
    }
    struct json tenth = read("0.1");
    EXPECT_TEXT(written(&tenth, true), "0.10000000000000001");
}
