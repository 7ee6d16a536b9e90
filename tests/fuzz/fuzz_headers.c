/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that the engine reads by itself, one `Name: value` a line: conditions, media types,
 * codings, names of requests and traces. */
#include "check.h"

#include "answer.h"
#include "bind.h"
#include "finish.h"
#include "negotiate.h"
#include "service.h"

#include <ctype.h>

#define HEADERS_MAX 64

static struct service service;
static struct request_header headers[HEADERS_MAX];

static size_t split(struct arena *arena, const char *rest)
{
    size_t count = 0;
    while (*rest && count < HEADERS_MAX) {
        size_t len = strcspn(rest, "\n"), name_len = strcspn(rest, ":\n");
        const char *value = rest + name_len + (name_len < len);
        value += strspn(value, " \t");
        size_t value_at = (size_t)(value - rest);
        headers[count++] = (struct request_header){
            arena_strndup(arena, rest, name_len),
            value_at < len ? arena_strndup(arena, value, len - value_at) : ""};
        rest += len + (rest[len] == '\n');
    }
    return count;
}

/* PostgreSQL's text form of text[], as bind.c writes it: quoted elements, quotes and backslashes
 * escaped. */
static bool is_array(const char *text)
{
    if (*text++ != '{')
        return false;
    while (*text != '}') {
        if (*text++ != '"')
            return false;
        for (; *text != '"'; text++)
            if (!*text || (*text == '\\' && !*++text))
                return false;
        text++;
        if (*text == ',' && text[1] == '"')
            text++;
        else if (*text != '}')
            return false;
    }
    return text[1] == '\0';
}

static void check_if_match(struct call *call)
{
    static const struct operation operation = {.id = "x", .if_match = IF_MATCH_REQUIRED};
    static const struct binding bindings[] = {{.source = SOURCE_IF_MATCH}};
    static const struct statement statement = {.bindings = bindings, .binding_count = 1};
    call->operation = &operation;
    problem_init(&call->problem, call->arena);
    if (!bind_prepare(call)) {
        check_problem(&call->problem);
        return;
    }
    const char *tags = bind_parameters(call, &statement, NULL, false)[0];
    must(!tags || is_array(tags), "the tags are no array");
    must(tags || strcmp(request_header(&call->request, "If-Match"), "*") == 0,
         "everything matches");
}

static void check_accept(struct call *call)
{
    static const char *const produces[] = {"application/json", "text/html", NULL};
    static const struct operation operation = {.id = "x", .produces = produces};
    call->operation = &operation;
    problem_init(&call->problem, call->arena);
    if (negotiate_media_type(call))
        must(call->response.media_type == produces[0] || call->response.media_type == produces[1],
             "another type is answered");
    else
        check_problem(&call->problem);
    (void)negotiate_gzip(call);
    (void)answer_wants_count(call);
    (void)answer_none_match(call, "\"1\"");
}

static void check_names(const struct call *call)
{
    size_t len = strlen(call->request.id);
    must(len >= 1 && len <= 128, "the request id has another length");
    for (size_t i = 0; i < len; i++)
        must(isalnum((unsigned char)call->request.id[i]) || strchr("._-", call->request.id[i]),
             "the request id has other characters");
    must(strlen(call->trace_id) == 32 && strspn(call->trace_id, "0123456789abcdef") == 32 &&
             strspn(call->trace_id, "0") < 32,
         "the trace id is none");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena);
    struct call call = {.service = &service, .arena = &arena};
    call.request = (struct request){
        .protocol = "HTTP/1.1",
        .headers = headers,
        .header_count = split(&arena, arena_strndup(&arena, (const char *)data, size))};
    problem_init(&call.problem, &arena);
    response_init(&call.response, &arena);
    if (!negotiate_framing(&call)) {
        check_problem(&call.problem);
        must(call.response.close, "unsound framing and the connection goes on");
    }
    finish_identify(&call);
    check_names(&call);
    check_accept(&call);
    check_if_match(&call);
    arena_release(&arena);
    return 0;
}
