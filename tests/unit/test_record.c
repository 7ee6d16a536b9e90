/* SPDX-License-Identifier: Apache-2.0 */
/* What a record is checked by. The hashes here were made by sha256sum; whole records are tried in
 * tests/api/test_verify.py. */
#include "record.h"

#include "test.h"

#include <string.h>

#define DIGEST "54cc9e637135f1deb68d1f0704709efcc0e624623d0bfb1a19b51bf553820f2f"
#define SIGNED_DIGEST "8ddb22d54abce4ca4700a6dbe03e7df5c5deda62672f0ddfb849d5a7d2bb1eba"
#define TITLE "57cb45de78dd46c65752468897bbc5ca4c01cffaf1dec35653e040bf7d8de523"
#define EMPTY "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

static struct json read(struct arena *arena, const char *text)
{
    struct json value = {.type = JSON_NULL_VALUE};
    struct json_error error;
    EXPECT(json_read(arena, text, strlen(text), &value, &error));
    return value;
}

/* printf '{"a":[1,"\xc3\xa9\\n"],"b":null}' | sha256sum */
TEST(record__the_digest_is_of_canonical_json_without_itself)
{
    struct arena arena;
    arena_init(&arena);
    struct json record =
        read(&arena, "{ \"digest\": \"x\", \"b\": null, \"a\": [1, \"\\u00e9\\n\"] }");
    EXPECT_TEXT(record_digest(&arena, &record), DIGEST);
    arena_release(&arena);
}

/* printf '{"a":[1,"\xc3\xa9\\n"],"b":null,"signature":null}' | sha256sum */
TEST(record__the_digest_covers_that_there_is_a_signature)
{
    struct arena arena;
    arena_init(&arena);
    struct json one =
        read(&arena, "{\"a\": [1, \"\\u00e9\\n\"], \"b\": null, \"signature\": \"x\"}");
    struct json other =
        read(&arena, "{\"a\": [1, \"\\u00e9\\n\"], \"b\": null, \"signature\": \"y\"}");
    EXPECT_TEXT(record_digest(&arena, &one), SIGNED_DIGEST);
    EXPECT_TEXT(record_digest(&arena, &other), SIGNED_DIGEST);
    arena_release(&arena);
}

TEST(record__a_statement_says_which_decision_ended_how)
{
    struct arena arena;
    struct buf statement;
    arena_init(&arena);
    struct json record =
        read(&arena, "{\"id\": \"d\", \"organisation_id\": \"o\", \"outcome\": null, "
                     "\"trail\": []}");
    record_statement(&arena, &record, 2, "2", "x", &statement);
    EXPECT_TEXT(buf_cstr(&statement),
                "{\"organisation_id\":\"o\",\"decision_id\":\"d\",\"outcome\":null,\"rows\":2,"
                "\"head\":\"2\",\"digest\":\"x\"}");
    struct json empty = read(&arena, "{}");
    record_statement(&arena, &empty, 0, NULL, "x", &statement);
    EXPECT_TEXT(buf_cstr(&statement),
                "{\"organisation_id\":null,\"decision_id\":null,"
                "\"outcome\":null,\"rows\":0,\"head\":null,\"digest\":\"x\"}");
    arena_release(&arena);
}

TEST(record__a_seal_leaves_names_and_reports_that_are_hidden_out)
{
    struct arena arena;
    struct buf one, other, named;
    struct record_lists none = {.count = 0};
    arena_init(&arena);
    struct json hidden = read(&arena, "{\"title\": \"T\", \"count_report\": null}");
    struct json shown = read(&arena, "{\"title\": \"T\", \"count_report\": {}}");
    buf_init(&one, &arena, SIZE_MAX);
    EXPECT(record_seal(&arena, &hidden, &none, "{}", &one));
    struct json seal = read(&arena, buf_cstr(&one));
    EXPECT(json_get(&seal, "count_report")->type == JSON_NULL_VALUE);
    EXPECT_TEXT(json_get_text(json_get(&seal, "members"), "title"), TITLE); /* of "T" */
    buf_init(&other, &arena, SIZE_MAX);
    EXPECT(record_seal(&arena, &shown, &none, "{}", &other));
    seal = read(&arena, buf_cstr(&other));
    EXPECT_TEXT(json_get_text(&seal, "count_report"), EMPTY); /* of {} */
    struct json renamed =
        read(&arena,
             "{\"title\": \"T\", \"count_report\": {}, \"inputs\": [{\"display_name\": \"A\"}]}");
    struct json again =
        read(&arena,
             "{\"title\": \"T\", \"count_report\": {}, \"inputs\": [{\"display_name\": \"B\"}]}");
    buf_init(&one, &arena, SIZE_MAX);
    buf_init(&named, &arena, SIZE_MAX);
    EXPECT(record_seal(&arena, &renamed, &none, "{}", &one));
    EXPECT(record_seal(&arena, &again, &none, "{}", &named));
    EXPECT_TEXT(buf_cstr(&named), buf_cstr(&one));
    EXPECT(strcmp(buf_cstr(&other), buf_cstr(&one)) != 0);
    arena_release(&arena);
}

/* [{"display_name": "A", "b": 1}, {"c": []}, {"b": 2}] in two slices, not from its buffer's start.
 */
static struct record_lists two_slices(struct arena *arena, struct buf *text)
{
    struct record_slice *slices = arena_array(arena, 2, sizeof *slices);
    buf_init(text, arena, SIZE_MAX);
    buf_text(text, "{\"l\": [");
    slices[0].at = text->len;
    buf_text(text, "{\"display_name\": \"A\", \"b\": 1}, {\"c\": []}");
    slices[0].len = text->len - slices[0].at;
    slices[0].next = &slices[1];
    buf_text(text, ", ");
    slices[1].at = text->len;
    buf_text(text, "{\"b\": 2}");
    slices[1].len = text->len - slices[1].at;
    buf_text(text, "], \"z\": 1}");
    return (struct record_lists){
        .count = 2,
        .items = {{"inputs", text, &slices[0], &slices[1], 3}, {"trail", text, NULL, NULL, 0}}};
}

#define INPUTS "[{\"b\":1,\"display_name\":\"A\"},{\"c\":[]},{\"b\":2}]"

TEST(record__a_list_in_slices_gives_the_digest_and_the_seal_of_the_whole)
{
    struct arena arena;
    struct buf text, one, other;
    struct record_lists none = {.count = 0};
    arena_init(&arena);
    struct record_lists lists = two_slices(&arena, &text);
    struct json whole = read(&arena, "{\"trail\":[],\"title\":\"T\",\"inputs\":" INPUTS
                                     ",\"a\":{\"z\":1,\"y\":2},\"signature\":\"x\"}");
    struct json facts = read(&arena, "{\"inputs\":null,\"trail\":[],\"title\":\"T\","
                                     "\"a\":{\"y\":2,\"z\":1},\"signature\":null}");
    EXPECT_TEXT(record_digest_of_lists(&arena, &facts, &lists), record_digest(&arena, &whole));
    EXPECT(strcmp(record_digest_of_lists(&arena, &facts, &none), record_digest(&arena, &whole)));
    buf_init(&one, &arena, SIZE_MAX);
    buf_init(&other, &arena, SIZE_MAX);
    EXPECT(record_seal(&arena, &facts, &lists, "{}", &one));
    EXPECT(record_seal(&arena, &whole, &none, "{}", &other));
    EXPECT_TEXT(buf_cstr(&one), buf_cstr(&other));
    arena_release(&arena);
}

TEST(record__a_list_in_slices_is_read_whole)
{
    struct arena arena;
    struct buf text, out;
    struct json value;
    arena_init(&arena);
    struct record_lists lists = two_slices(&arena, &text);
    EXPECT(record_list_read(record_lists_find(&lists, "inputs"), &arena, &value));
    buf_init(&out, &arena, SIZE_MAX);
    json_write_canonical(&out, &value);
    EXPECT_TEXT(buf_cstr(&out), INPUTS);
    EXPECT(record_list_read(record_lists_find(&lists, "trail"), &arena, &value));
    EXPECT(value.type == JSON_LIST && value.list.count == 0);
    EXPECT(record_lists_find(&lists, "ballots") == NULL);
    arena_release(&arena);
}

/* The items one after the other, as canonical text. */
static const char *walked(struct arena *arena, const struct record_list *list)
{
    struct record_walk walk;
    struct buf out;
    buf_init(&out, arena, SIZE_MAX);
    for (record_walk_begin(&walk, list); walk.item; record_walk_next(&walk))
        json_write_canonical(&out, walk.item);
    record_walk_next(&walk);
    buf_text(&out, walk.item ? "more" : "");
    return record_walk_end(&walk) ? buf_cstr(&out) : NULL;
}

TEST(record__a_list_in_slices_is_walked)
{
    struct arena arena;
    struct buf text;
    arena_init(&arena);
    struct record_lists lists = two_slices(&arena, &text);
    EXPECT_TEXT(walked(&arena, record_lists_find(&lists, "inputs")),
                "{\"b\":1,\"display_name\":\"A\"}{\"c\":[]}{\"b\":2}");
    EXPECT_TEXT(walked(&arena, record_lists_find(&lists, "trail")), "");
    EXPECT_TEXT(walked(&arena, NULL), "");
    arena_release(&arena);
}

TEST(record__an_item_that_cannot_be_read_is_told)
{
    struct arena arena;
    struct buf text, seal;
    struct json value;
    arena_init(&arena);
    struct record_lists lists = two_slices(&arena, &text);
    struct json facts = read(&arena, "{\"inputs\":null}");
    lists.items[0].last->len--;
    buf_init(&seal, &arena, SIZE_MAX);
    EXPECT(record_digest_of_lists(&arena, &facts, &lists) == NULL);
    EXPECT(!record_seal(&arena, &facts, &lists, "{}", &seal));
    EXPECT(!record_list_read(&lists.items[0], &arena, &value));
    EXPECT(!walked(&arena, &lists.items[0]));
    arena_release(&arena);
}

/* Nothing that JSON can say may end the process: the file comes from anywhere. */
TEST(record__any_json_is_checked)
{
    static const char *const texts[] = {
        "null",
        "[]",
        "\"x\"",
        "{}",
        "{\"trail\": {}}",
        "{\"trail\": [1, null, [], {}]}",
        "{\"trail\": [{\"number\": 1, \"content\": \"{\", \"digest\": \"\", \"hash\": 3}]}",
        "{\"trail\": [{\"number\": 1, \"content\": \"[]\", \"digest\": \"" TITLE
        "\", \"hash\": \"" TITLE "\"}]}",
        "{\"definition\": {\"key\": \"k\", \"name\": \"n\", \"roles\": [], \"phases\": []}}",
        "{\"definition\": [], \"stakeholders\": 1, \"options\": null}",
        "{\"signature\": []}",
        "{\"signature\": \"e30.e30.e30\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena arena;
        struct record_check check;
        arena_init(&arena);
        struct json record = read(&arena, texts[i]);
        record_check_init(&check, &arena, NULL);
        record_check_trail(&check, &record);
        record_check_count(&check, &record);
        record_check_signature(&check, &record, NULL);
        EXPECT(check.count > 0);
        arena_release(&arena);
    }
}
