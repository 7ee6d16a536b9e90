/* SPDX-License-Identifier: Apache-2.0 */
#include "finish.h"

#include "answer.h"
#include "clock.h"
#include "crypto.h"
#include "fiber.h"
#include "log.h"
#include "negotiate.h"
#include "service.h"
#include "uuid.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define GZIP_FROM 1024
#define GZIP_LONG ((size_t)1024 * 1024) /* keeps the processor for some 20 ms */

/* ---- request id and trace ---- */

static bool is_request_id(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > 128)
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("._-", *text))
            return false;
    return true;
}

static bool is_lower_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isdigit((unsigned char)text[i]) && (text[i] < 'a' || text[i] > 'f'))
            return false;
    return true;
}

/* 00-<32 hex trace id>-<16 hex parent id>-<2 hex flags>; ids of all zeros are invalid. A later
 * version than 00 may have more, after another dash; there is no version ff (W3C Trace Context,
 * section 4.3). */
static bool is_traceparent(const char *text)
{
    if (strnlen(text, 55) < 55)
        return false;
    bool known = strncmp(text, "00", 2) == 0;
    return is_lower_hex(text, 2) && strncmp(text, "ff", 2) != 0 && text[2] == '-' &&
           is_lower_hex(text + 3, 32) && strspn(text + 3, "0") < 32 && text[35] == '-' &&
           is_lower_hex(text + 36, 16) && strspn(text + 36, "0") < 16 && text[52] == '-' &&
           is_lower_hex(text + 53, 2) && (!text[55] || (!known && text[55] == '-'));
}

void finish_identify(struct call *call)
{
    const char *id = request_header(&call->request, "X-Request-Id");
    if (id && is_request_id(id)) {
        call->request.id = arena_strdup(call->arena, id);
    } else {
        char text[UUID_TEXT_LEN + 1];
        uuid_v7(text);
        call->request.id = arena_strdup(call->arena, text);
    }
    const char *parent = request_header(&call->request, "traceparent");
    if (parent && is_traceparent(parent)) {
        call->trace_id = arena_strndup(call->arena, parent + 3, 32);
        return;
    }
    unsigned char bytes[16] = {0};
    char *trace = arena_alloc(call->arena, 33);
    if (!random_id_bytes(bytes, sizeof bytes))
        bytes[0] = 1;
    hex_encode(bytes, sizeof bytes, trace);
    call->trace_id = trace;
}

/* ---- problems ---- */

/* RFC 6750 section 3: what a client that understands Bearer challenges is told. */
static void add_challenge(struct call *call)
{
    struct problem *problem = &call->problem;
    const char *resource =
        arena_printf(call->arena, "resource_metadata=\"%s/.well-known/oauth-protected-resource\"",
                     call->service->config.public_url);
    const char *text = NULL;
    switch (problem->code) {
    case PROBLEM_UNAUTHENTICATED:
        text = arena_printf(call->arena, "Bearer %s", resource);
        break;
    case PROBLEM_INVALID_TOKEN:
        text = arena_printf(call->arena, "Bearer error=\"invalid_token\", %s", resource);
        break;
    case PROBLEM_INSUFFICIENT_SCOPE:
        text = arena_printf(call->arena, "Bearer error=\"insufficient_scope\", scope=\"%s\", %s",
                            problem->permission ? problem->permission : "", resource);
        break;
    case PROBLEM_INVALID_CLIENT:
        text = "Basic realm=\"cohelm\"";
        break;
    default:
        return;
    }
    response_header(&call->response, "WWW-Authenticate", text);
}

/* What would have been taken (RFC 9110 section 12.5.3, RFC 5789 section 2.2). */
static void add_taken(struct call *call)
{
    if (request_header(&call->request, "Content-Encoding"))
        response_header(&call->response, "Accept-Encoding", "identity");
    if (call->request.method == METHOD_PATCH)
        negotiate_patch(call);
}

/* The path as a URI reference (RFC 3986): what may not stand in one, as a client may have sent it,
 * is percent-encoded. `path` is NULL when the framing was refused before the target was read. */
static const char *instance(struct call *call)
{
    const char *path = call->request.path;
    if (!path)
        path = arena_strndup(call->arena, call->request.target, strcspn(call->request.target, "?"));
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    for (; *path; path++) {
        if (*path > ' ' && *path < 0x7F && !strchr("\"<>\\^`{|}", *path))
            buf_char(&buf, *path);
        else
            buf_printf(&buf, "%%%02X", (unsigned char)*path);
    }
    return buf_cstr(&buf);
}

void finish_problem(struct call *call)
{
    struct problem *problem = &call->problem;
    bool close = call->response.close;
    response_init(&call->response, call->arena);
    call->response.close = close;
    call->response.status = problem->status;
    call->response.media_type = "application/problem+json";
    problem_write(problem, instance(call), call->request.id, &call->response.body);
    add_challenge(call);
    if (problem->code == PROBLEM_METHOD_NOT_ALLOWED && call->route.allow)
        response_header(&call->response, "Allow", call->route.allow);
    if (problem->code == PROBLEM_UNSUPPORTED_MEDIA_TYPE)
        add_taken(call);
    if (problem->retry_after)
        response_header(&call->response, "Retry-After",
                        arena_printf(call->arena, "%d", problem->retry_after));
}

/* ---- headers ---- */

static void add_cors(struct call *call)
{
    const char *origin = negotiate_origin(call);
    if (!origin)
        return;
    response_header(&call->response, "Access-Control-Allow-Origin", origin);
    response_header(&call->response, "Access-Control-Expose-Headers",
                    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, "
                    "Idempotency-Replayed, Preference-Applied");
}

/* Stages in milliseconds, for those who ask with `Prefer: server-timing`. */
static void add_timing(struct call *call)
{
    if (!call->queried || !negotiate_prefers(call, "server-timing", ""))
        return;
    response_header(&call->response, "Server-Timing",
                    arena_printf(call->arena, "auth;dur=%.3f, validate;dur=%.3f, database;dur=%.3f",
                                 (double)(call->authenticated - call->started) / 1000,
                                 (double)(call->validated - call->authenticated) / 1000,
                                 (double)(call->queried - call->validated) / 1000));
}

static const char *cache_control(const struct call *call)
{
    if (call->operation && call->operation->no_store)
        return "no-store";
    return "private, no-cache";
}

void finish_headers(struct call *call)
{
    struct response *response = &call->response;
    bool has_body = response->body.len || response->static_body_len;
    if (has_body)
        response_header(response, "Content-Type",
                        response->media_type ? response->media_type : "application/json");
    response_header(response, "X-Request-Id", call->request.id);
    response_header(response, "X-Content-Type-Options", "nosniff");
    if (!response_get_header(response, "Cache-Control"))
        response_header(response, "Cache-Control", cache_control(call));
    response_header(response, "Vary", "Authorization, Accept, Accept-Encoding, Origin");
    if (call->rate_limit) {
        response_header(response, "RateLimit-Policy", call->rate_policy);
        response_header(response, "RateLimit", call->rate_limit);
    }
    add_cors(call);
    add_timing(call);
}

/* ---- compression ---- */

static size_t body_len(const struct response *response)
{
    return response->static_body ? response->static_body_len : response->body.len;
}

/* A weak tag, of what is the same in its meaning, stays. */
static void tag_compressed(struct call *call)
{
    struct response *response = &call->response;
    for (size_t i = 0; i < response->header_count; i++)
        if (strcmp(response->headers[i].name, "ETag") == 0 && *response->headers[i].value == '"')
            response->headers[i].value = answer_gzip_tag(call, response->headers[i].value);
}

/* 304 names the representation that the client has. */
static void tag_unchanged(struct call *call)
{
    const char *has = request_header(&call->request, "If-None-Match");
    const char *etag = response_get_header(&call->response, "ETag");
    if (has && etag && !strstr(has, etag) && strstr(has, answer_gzip_tag(call, etag)))
        tag_compressed(call);
}

static void compress_body(void *arg)
{
    struct call *call = arg;
    struct response *response = &call->response;
    const void *body = response->static_body ? response->static_body : response->body.data;
    size_t len = body_len(response);
    z_stream stream = {0};
    if (deflateInit2(&stream, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t room = deflateBound(&stream, (uLong)len);
    char *out = arena_grow(call->arena, NULL, 0, room); /* what is not written to costs nothing */
    stream.next_in = (Bytef *)(uintptr_t)body;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    bool good = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    size_t out_len = stream.total_out;
    (void)deflateEnd(&stream);
    if (!good)
        return;
    response->static_body = out;
    response->static_body_len = out_len;
    response_header(response, "Content-Encoding", "gzip");
    tag_compressed(call);
}

void finish_encoding(struct call *call)
{
    size_t len = body_len(&call->response);
    if (call->response.status == 304)
        tag_unchanged(call);
    if (!len || !negotiate_gzip(call) || (len < GZIP_FROM && negotiate_identity(call)))
        return;
    if (len > GZIP_LONG)
        fiber_offload(compress_body, call);
    else
        compress_body(call);
}

/* ---- log and counters ---- */

static void add_field(struct buf *line, const char *name, const char *value)
{
    buf_text(line, name);
    buf_text(line, value);
}

static void add_number(struct buf *line, const char *name, int64_t value)
{
    buf_text(line, name);
    buf_int(line, value);
}

void finish_record(struct call *call)
{
    int64_t now = clock_monotonic();
    int status = call->response.status;
    metrics_count(call->service->metrics, call->operation ? call->operation->number : SIZE_MAX,
                  status, now - call->started);
    if (!log_requests())
        return;
    char text[2048];
    struct buf line = {.data = text, .cap = sizeof text, .max = 2000};
    buf_text(&line, "time=");
    log_time(&line);
    add_field(&line, " level=info message=request id=", call->request.id);
    add_field(&line, " trace=", call->trace_id);
    add_field(&line, " method=", method_text(call->request.method));
    add_field(&line, " operation=", call->operation ? call->operation->id : "none");
    add_number(&line, " status=", status);
    add_number(&line, " us=", now - call->started);
    if (call->queried) {
        add_number(&line, " auth_us=", call->authenticated - call->started);
        add_number(&line, " validate_us=", call->validated - call->authenticated);
        add_number(&line, " database_us=", call->queried - call->validated);
    }
    if (call->signed_in)
        add_field(&line, " principal=", call->principal.id);
    if (call->problem.set)
        add_field(&line, " code=", problem_kinds[call->problem.code].code);
    log_line(&line);
}
