/* SPDX-License-Identifier: Apache-2.0 */
#include "negotiate.h"

#include "service.h"
#include "test.h"

static struct arena arena;
static struct service service;
static struct call call;
static struct request_header headers[200];

/* A request with Host; `name` and `value` may be NULL. */
static void request(const char *name, const char *value)
{
    arena_reset(&arena);
    call = (struct call){.service = &service, .arena = &arena};
    problem_init(&call.problem, &arena);
    response_init(&call.response, &arena);
    headers[0] = (struct request_header){"host", "cohelm.example"};
    headers[1] = (struct request_header){name, value};
    call.request =
        (struct request){.protocol = "HTTP/1.1", .headers = headers, .header_count = name ? 2 : 1};
}

/* The media type chosen among these three; "" for 406. */
static const char *chosen(const char *accept)
{
    static const char *const produces[] = {"application/json", "text/html", "text/markdown", NULL};
    static const struct operation operation = {.produces = produces};
    request("Accept", accept);
    call.operation = &operation;
    return negotiate_media_type(&call) ? call.response.media_type : "";
}

TEST(accept)
{
    static const char *const cases[][2] = {
        {"", "application/json"},
        {"*/*", "application/json"},
        {"text/*", "text/html"},
        {"TEXT/Markdown", "text/markdown"},
        {"text/markdown, application/json", "application/json"},
        {"text/markdown;q=0.9, application/json;q=0.8", "text/markdown"},
        {"text/markdown ; Q=0.9 , application/json; q=0.8", "text/markdown"},
        {"text/html;q=0, text/*;q=0.5", "text/markdown"},
        {"*/*;q=0.1, application/json;q=0", "text/html"},
        {"text/html;level=1;q=0.2, text/markdown;q=0.25", "text/markdown"},
        {"text/html,application/xhtml+xml,*/*;q=0.8", "text/html"},
        {"image/png, text/html;q=0.001", "text/html"},
        /* parameters that only look like a quality, or like a list */
        {"text/html;seq=0", "text/html"},
        {"image/png;a=\"text/html, text/markdown\", text/markdown", "text/markdown"},
        {"text/html;a=\"\\\";q=0\"", "text/html"},
        {",, ,text/html,", "text/html"},
        {" , ", "application/json"},
        {"image/png", ""},
        {"text", ""},
        {"text/htm", ""},
        {"text/htmlx", ""},
        {"*/html", ""},
        {"*", ""},
        {"text/html;q=0.000", ""},
        {"text/html;q=2", ""},
        {"text/html;q=1.001", ""},
        {"text/html;q=inf", ""},
        {"text/html;q=-1", ""},
        {"text/html;q=0x1", ""},
        {"text/html;q=", ""},
        {"text/html;q=0.5555", ""},
        {";", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *type = chosen(cases[i][0]);
        if (strcmp(type, cases[i][1]) != 0)
            printf("# Accept: %s\n", cases[i][0]);
        EXPECT_TEXT(type, cases[i][1]);
    }
    EXPECT(!*chosen("image/png") && call.problem.status == 406);
}

TEST(accept_encoding)
{
    static const char *const with[] = {"gzip",
                                       "GZIP",
                                       "deflate, gzip;q=0.1",
                                       "x-gzip",
                                       "*",
                                       "identity;q=0, *;q=0.5",
                                       "br;q=1,gzip",
                                       "gzip;q=1.0",
                                       "*;q=0, gzip",
                                       "identity;q=0.5, gzip;q=0.5"};
    static const char *const without[] = {"",
                                          "identity",
                                          "gzip;q=0",
                                          "gzip;q=0.000, deflate",
                                          "*;q=0",
                                          "notgzip",
                                          "gzipped",
                                          "deflate",
                                          "*, gzip;q=0",
                                          "gzip ; q=0",
                                          "a;b=gzip",
                                          "gzip;q=0.5, identity;q=0.6",
                                          "*, identity;q=0, gzip;q=0"};
    request(NULL, NULL);
    EXPECT(!negotiate_gzip(&call));
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        request("accept-encoding", with[i]);
        EXPECT(negotiate_gzip(&call) || !printf("# %s\n", with[i]));
    }
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        request("accept-encoding", without[i]);
        EXPECT(!negotiate_gzip(&call) || !printf("# %s\n", without[i]));
    }
}

TEST(accept_encoding__as_it_is)
{
    static const char *const with[] = {"", "gzip", "*", "identity", "*;q=0, identity;q=0.1", "br"};
    static const char *const without[] = {"identity;q=0", "*;q=0", "gzip, identity;q=0.000",
                                          "gzip, *;q=0"};
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        request("accept-encoding", with[i]);
        EXPECT(negotiate_identity(&call) || !printf("# %s\n", with[i]));
    }
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        request("accept-encoding", without[i]);
        EXPECT(!negotiate_identity(&call) || !printf("# %s\n", without[i]));
    }
}

/* RFC 7240 section 2: names in any case, values quoted or not, the first of one name counts. */
TEST(prefer)
{
    static const char *const yes[] = {"count=exact",
                                      "Count = \"exact\"",
                                      "wait=5, count=exact;a=b",
                                      ",a;count=no , count=exact",
                                      "a=\"x,y\", count=exact",
                                      "count=exact, count=none"};
    static const char *const no[] = {"",
                                     "count",
                                     "count=",
                                     "count=exactly",
                                     "xcount=exact",
                                     "a;count=exact",
                                     "a=\"x,count=exact\"",
                                     "count=none, count=exact",
                                     "count==exact"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        request("prefer", yes[i]);
        EXPECT(negotiate_prefers(&call, "count", "exact") || !printf("# %s\n", yes[i]));
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        request("prefer", no[i]);
        EXPECT(!negotiate_prefers(&call, "count", "exact") || !printf("# %s\n", no[i]));
    }
    request("prefer", "respond-async=\"\"");
    EXPECT(negotiate_prefers(&call, "respond-async", ""));
    request("prefer", "respond-async=no");
    EXPECT(!negotiate_prefers(&call, "respond-async", ""));
    request(NULL, NULL);
    EXPECT(!negotiate_prefers(&call, "respond-async", ""));
}

static int framing(void)
{
    return negotiate_framing(&call) ? 200 : call.problem.status;
}

TEST(host_is_needed)
{
    request(NULL, NULL);
    EXPECT(framing() == 200 && !call.response.close);
    request(NULL, NULL);
    call.request.header_count = 0;
    EXPECT(framing() == 400 && call.response.close);
    request(NULL, NULL);
    call.request.header_count = 0;
    call.request.protocol = "HTTP/1.0";
    EXPECT(framing() == 200);
}

TEST(one_value_only)
{
    static const char *const names[] = {"Authorization",   "CONTENT-TYPE",      "content-length",
                                        "Idempotency-Key", "Transfer-Encoding", "X-Request-ID",
                                        "Traceparent"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        request(names[i], "a,b"); /* as repeated headers are joined */
        EXPECT(framing() == 400 && call.response.close);
        request(names[i], "a");
        EXPECT(framing() == 200);
    }
    request("Accept", "a,b");
    EXPECT(framing() == 200);
}

TEST(two_framings)
{
    request("transfer-encoding", "chunked");
    headers[2] = (struct request_header){"CONTENT-LENGTH", "2"};
    EXPECT(framing() == 200);
    request("transfer-encoding", "chunked");
    call.request.header_count = 3;
    EXPECT(framing() == 400 && call.response.close);
}

TEST(chunks_of_http_1_0)
{
    request("transfer-encoding", "chunked");
    call.request.protocol = "HTTP/1.0";
    EXPECT(framing() == 400 && call.response.close);
}

TEST(line_breaks_in_values)
{
    request("X-A", "a\rb");
    EXPECT(framing() == 400 && call.response.close);
    request("X-A", "a\tb");
    EXPECT(framing() == 200);
}

TEST(header_names)
{
    static const char *const bad[] = {"Content-Length ", "", " X", "X(", "X\t", "\xc3\xa9", "X@"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        request(bad[i], "2");
        EXPECT(framing() == 400 && call.response.close);
    }
    request("X-0!#$%&'*+-.^_`|~", "2");
    EXPECT(framing() == 200);
}

TEST(headers_at_their_limit_and_one_beyond)
{
    static char value[12 * 1024];
    for (size_t beyond = 0; beyond < 2; beyond++) {
        /* "host: cohelm.example\r\n" and "X: …\r\n" */
        size_t len = 12 * 1024 - strlen("host: cohelm.example\r\n") - strlen("X: \r\n") + beyond;
        memset(value, 'a', len);
        value[len] = '\0';
        request("X", value);
        EXPECT(framing() == (beyond ? 431 : 200));
        EXPECT(call.response.close == (beyond == 1));
    }
}

TEST(body_at_its_limit_and_one_beyond)
{
    request(NULL, NULL);
    call.request.body_len = (size_t)1024 * 1024;
    EXPECT(framing() == 200);
    call.request.body_len++;
    EXPECT(framing() == 413 && call.response.close);
}
