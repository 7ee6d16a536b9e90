/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include "percent.h"
#include "test.h"

static struct arena arena;
static struct problem problem;
static struct request request;

static bool parse(const char *target)
{
    arena_reset(&arena);
    problem_init(&problem, &arena);
    request = (struct request){.target = target};
    return request_parse_target(&request, &arena, &problem);
}

static const char *code(void)
{
    return problem.set ? problem_kinds[problem.code].code : "(none)";
}

TEST(path_and_query_come_apart)
{
    EXPECT(parse("/members/42?id=7&id=8"));
    EXPECT_TEXT(request.path, "/members/42");
    EXPECT(request.segment_count == 2);
    EXPECT_TEXT(request.segments[1], "42");
    EXPECT(request.query_count == 2);
    EXPECT_TEXT(request.query[0].name, "id");
    EXPECT_TEXT(request.query[0].value, "7");
    EXPECT_TEXT(request.query[1].value, "8");
}

TEST(path_is_kept_as_sent)
{
    EXPECT(parse("/a%2fb?x"));
    EXPECT_TEXT(request.path, "/a%2fb");
    EXPECT_TEXT(request.segments[0], "a/b");
}

TEST(values_may_hold_anything_encoded)
{
    EXPECT(parse("/?q=a%26b%3Dc%2Bd+e%23&r==&s=?/"));
    EXPECT_TEXT(request.query[0].value, "a&b=c+d e#");
    EXPECT_TEXT(request.query[1].value, "=");
    EXPECT_TEXT(request.query[2].value, "?/");
}

TEST(plus_is_a_plus_in_paths)
{
    EXPECT(parse("/a+b"));
    EXPECT_TEXT(request.segments[0], "a+b");
}

TEST(name_without_value)
{
    EXPECT(parse("/?a&b=&=c"));
    EXPECT(request.query_count == 3);
    EXPECT_TEXT(request.query[0].name, "a");
    EXPECT_TEXT(request.query[0].value, "");
    EXPECT_TEXT(request.query[1].value, "");
    EXPECT_TEXT(request.query[2].name, "");
}

TEST(empty_pairs_say_nothing)
{
    EXPECT(parse("/a?") && request.query_count == 0);
    EXPECT(parse("/a?&&b=1&") && request.query_count == 1);
}

TEST(trailing_slash_is_an_empty_segment)
{
    EXPECT(parse("/a/"));
    EXPECT(request.segment_count == 2);
    EXPECT_TEXT(request.segments[1], "");
    EXPECT(parse("/") && request.segment_count == 1);
    EXPECT_TEXT(request.segments[0], "");
}

TEST(absolute_form_becomes_origin_form)
{
    EXPECT(parse("http://host/a?b=http://c"));
    EXPECT_TEXT(request.target, "/a?b=http://c");
    EXPECT_TEXT(request.path, "/a");
    EXPECT(parse("HTTPS://[::1]:8080/a") && parse("http://host"));
    EXPECT_TEXT(request.path, "/");
}

/* RFC 9112 section 3.2.4 */
TEST(asterisk_form_is_of_options)
{
    static const char *const targets[] = {"*", "http://host"};
    for (size_t i = 0; i < 2; i++) {
        request = (struct request){.method = METHOD_OPTIONS, .target = targets[i]};
        EXPECT(request_parse_target(&request, &arena, &problem) && !request.segment_count);
        EXPECT_TEXT(request.path, "*");
    }
    request = (struct request){.method = METHOD_OPTIONS, .target = "*?a"};
    EXPECT(!request_parse_target(&request, &arena, &problem));
}

TEST(malformed_targets)
{
    static const char *const targets[] = {
        "",           "*",           "a/b",        "http:///a",     "//a",    "/a//b",   "/a//",
        "/./a",       "/a/..",       "/a/../b",    "/%2e%2E/a",     "/a/%2e", "/a%",     "/a%2",
        "/a%zz",      "/a%2g",       "/?a=%",      "/?a%2=1",       "/a%00b", "/?a=%00", "/?%00=1",
        "/a#b",       "/?a#b",       "/a b",       "/?a=b c",       "/a\tb",  "/a\x01",  "/a\x7f",
        "http://h?a", "http://h//a", "http:/a",    "ftp://h/a",     "/\xff",  "/%ff",    "/%C0%80",
        "/%ED%A0%80", "/?a=%C3",     "/?a=%C3%28", "/%F4%90%80%80",
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        if (parse(targets[i]))
            printf("# accepted: %s\n", targets[i]);
        EXPECT_TEXT(code(), "malformed_request");
    }
}

/* `count` times `unit` after "/". */
static const char *repeated(const char *unit, size_t count, char *target)
{
    size_t len = strlen(unit);
    target[0] = '/';
    for (size_t i = 0; i < count; i++)
        memcpy(target + 1 + i * len, unit, len);
    target[1 + count * len] = '\0';
    return target;
}

TEST(limits_at_their_edge_and_one_beyond)
{
    static char target[REQUEST_TARGET_MAX + 10];
    EXPECT(parse(repeated("a", REQUEST_TARGET_MAX - 1, target)));
    EXPECT(!parse(repeated("a", REQUEST_TARGET_MAX, target)));
    EXPECT_TEXT(code(), "url_too_long");
    EXPECT(problem.status == 414);

    EXPECT(parse(repeated("a/", REQUEST_SEGMENTS_MAX - 1, target)));
    EXPECT(request.segment_count == REQUEST_SEGMENTS_MAX);
    EXPECT(!parse(repeated("a/", REQUEST_SEGMENTS_MAX, target)));
    EXPECT_TEXT(code(), "malformed_request");

    repeated("a&", REQUEST_QUERY_MAX + 1, target);
    target[1] = '?';
    EXPECT(parse(target) && request.query_count == REQUEST_QUERY_MAX);
    repeated("a&", REQUEST_QUERY_MAX + 2, target);
    target[1] = '?';
    EXPECT(!parse(target));
    EXPECT_TEXT(code(), "malformed_request");
}

TEST(a_problem_has_an_instance_before_the_path_is_read)
{
    EXPECT(!parse("nonsense"));
    EXPECT_TEXT(request.path, "nonsense");
}

/* RFC 3629 section 3 and 4, and the table of well-formed byte sequences of the Unicode standard. */
TEST(utf8)
{
    static const char *const valid[] = {
        "",
        "a",
        "\x7f",
        "\xC2\x80",
        "\xDF\xBF",
        "\xE0\xA0\x80",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80",
        "\xF4\x8F\xBF\xBF",
        "\xE6\x97\xA5\xE6\x9C\xAC",
    };
    static const char *const invalid[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x7F",
        "\xC2\xC0",
        "\xE0\x9F\xBF",
        "\xE0\xA0",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF0\x90\x80",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "a\xE2\x82",
    };
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        EXPECT(utf8_is_valid(valid[i], strlen(valid[i])));
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        EXPECT(!utf8_is_valid(invalid[i], strlen(invalid[i])));
    EXPECT(!utf8_is_valid("a\0b", 3));
}

TEST(decoding_stops_at_the_given_length)
{
    arena_reset(&arena);
    EXPECT_TEXT(percent_decode(&arena, "ab%41", 2, false), "ab");
    EXPECT(percent_decode(&arena, "a%41", 3, false) == NULL);
    EXPECT_TEXT(percent_decode(&arena, "%41%4a%4A", 9, false), "AJJ");
}

TEST(methods_are_case_sensitive)
{
    EXPECT(method_from_text("GET") == METHOD_GET);
    EXPECT(method_from_text("OPTIONS") == METHOD_OPTIONS);
    EXPECT(method_from_text("Get") == METHOD_UNKNOWN);
    for (int m = METHOD_GET; m < METHOD_UNKNOWN; m++)
        EXPECT(method_from_text(method_text((enum method)m)) == (enum method)m);
}
