/* SPDX-License-Identifier: Apache-2.0 */
#include "idempotency.h"

#include "crypto.h"
#include "statements.gen.h"

#include <string.h>

/* What makes it the same request: target and body, byte for byte, and the organisation that the
 * token is for, if it is for one only: what it may not see is not repeated to it. */
static const char *request_hash(struct call *call)
{
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    buf_text(&buf, call->principal.organisation_id);
    buf_add(&buf, call->request.target, strlen(call->request.target) + 1);
    buf_add(&buf, call->request.body, call->request.body_len);
    unsigned char hash[SHA256_LEN];
    sha256(buf.data, buf.len, hash);
    char *text = arena_alloc(call->arena, 2 * SHA256_LEN + 1);
    hex_encode(hash, SHA256_LEN, text);
    return text;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void replay(struct call *call, const struct rows *rows)
{
    struct response *response = &call->response;
    response->status = (int)rows_int(rows, 0, "status", 200);
    const char *body = rows_text(rows, 0, "body", call->arena);
    for (; body && body[0] && body[1]; body += 2)
        buf_char(&response->body, (char)(hex_digit(body[0]) << 4 | hex_digit(body[1])));
    struct json headers;
    if (rows_json(rows, 0, "headers", &headers, call->arena))
        for (size_t i = 0; i < headers.map.count; i++)
            if (headers.map.members[i].value.type == JSON_TEXT)
                response_header(response, headers.map.members[i].key,
                                headers.map.members[i].value.text.data);
    response_header(response, "Idempotency-Replayed", "true");
}

static bool in_flight(struct call *call)
{
    problem_init(&call->problem, call->arena);
    call->problem.retry_after = 1;
    return problem_set(&call->problem, PROBLEM_IDEMPOTENCY_IN_FLIGHT, NULL);
}

bool idempotency_claim(struct call *call, const char *key, bool *replayed)
{
    const char *values[] = {call->principal.id, call->operation->id, key, request_hash(call),
                            call_argument(call, "organisation")};
    struct rows rows;
    if (!call_query(call, &STATEMENT_idempotency_claim, values, &rows))
        return call->problem.code == PROBLEM_BUSY ? in_flight(call) : false;
    if (rows.count)
        return true;
    if (!call_query(call, &STATEMENT_idempotency_read, values, &rows))
        return false;
    if (!rows.count)
        return in_flight(call);
    if (!rows_bool(&rows, 0, "shown"))
        return problem_set(&call->problem, PROBLEM_NOT_FOUND, NULL);
    if (!rows_bool(&rows, 0, "same"))
        return problem_set(&call->problem, PROBLEM_IDEMPOTENCY_MISMATCH, NULL);
    replay(call, &rows);
    *replayed = true;
    return true;
}

bool idempotency_store(struct call *call, const char *key)
{
    const struct response *response = &call->response;
    struct buf headers;
    struct json_writer w;
    buf_init(&headers, call->arena, SIZE_MAX);
    jw_init(&w, &headers);
    jw_map(&w);
    for (size_t i = 0; i < response->header_count; i++)
        jw_key_text(&w, response->headers[i].name, response->headers[i].value);
    jw_map_end(&w);
    char *body = arena_alloc(call->arena, 2 * response->body.len + 1);
    hex_encode(response->body.data, response->body.len, body);
    const char *values[] = {call->principal.id,
                            call->operation->id,
                            key,
                            arena_printf(call->arena, "%d", response->status),
                            buf_cstr(&headers),
                            body};
    struct rows rows;
    return call_query(call, &STATEMENT_idempotency_store, values, &rows);
}
