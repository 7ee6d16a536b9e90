/* SPDX-License-Identifier: Apache-2.0 */
#include "../answer.h"
#include "../document.h"
#include "../record.h"
#include "../service.h"
#include "decision_due.h"
#include "decision_markdown.h"
#include "decision_record.h"

#include <string.h>

/* The digest of the record with its links, and with a signature still to be made, which it covers
 * as null. */
static const char *digest_of(struct call *call, const struct json *record, const struct json *links)
{
    struct json whole = *record;
    struct json_member *members = arena_array(call->arena, record->map.count + 2, sizeof *members);
    memcpy(members, record->map.members, record->map.count * sizeof *members);
    whole.map.members = members;
    members[whole.map.count++] =
        (struct json_member){.key = "links", .key_len = 5, .value = *links};
    members[whole.map.count++] = (struct json_member){.key = "signature", .key_len = 9};
    return record_digest(call->arena, &whole);
}

/* Signed when it is read, not when the decision closed: so the signature covers what may change
 * after closing too, records of decisions that closed before there were signatures have one, and
 * it is by a key that is published now. As each signature differs, the entity tag is a weak one, of
 * what is signed. */
static bool answer_signed(struct call *call, const struct json *links, const struct json *record,
                          struct buf *body)
{
    struct buf statement;
    const char *digest = digest_of(call, record, links);
    const char *tag = arena_printf(call->arena, "\"%.32s\"", digest);
    response_header(&call->response, "ETag", arena_printf(call->arena, "W/%s", tag));
    call->response.status = answer_none_match(call, tag) ? 304 : 200;
    if (call->response.status == 304)
        return true;
    record_statement(call->arena, record, digest, &statement);
    const char *signature = signer_state(call->service->signer, call->arena, buf_cstr(&statement),
                                         call_now() / 1000000);
    body->len--; /* the closing brace */
    buf_text(body, ",\"links\":");
    json_write(body, links);
    buf_printf(body, ",\"digest\":\"%s\",\"signature\":\"%s\"}", digest, signature);
    if (!signature || body->full)
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    call->response.static_body = body->data;
    call->response.static_body_len = body->len;
    return true;
}

static bool answer_markdown(struct call *call, const struct json *links, const struct rows *rows,
                            const char *organisation_id)
{
    struct buf body;
    struct decision_markdown record = {
        .arena = call->arena,
        .out = &body,
        .rows = rows,
        .links = links,
        .decisions = arena_printf(call->arena, "%s/v1/organisations/%s/decisions/",
                                  call->service->config.public_url, organisation_id)};
    buf_init(&body, call->arena, RESPONSE_BODY_MAX);
    decision_markdown(&record);
    if (body.full)
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    call->response.media_type = "text/markdown; charset=utf-8";
    return document_answer(call, body.data, body.len, NULL);
}

/* As JSON the row itself with its links, its digest and a signature, as Markdown written from it.
 */
bool decision_record_get(struct call *call)
{
    struct rows read, rows;
    struct json record, links = {0};
    struct buf body;
    if (!decision_query(call, call->operation->statement, &read) || !call_check(call, &read))
        return false;
    const char *organisation_id = rows_text(&read, 0, "organisation_id", call->arena);
    const char *id = rows_text(&read, 0, "id", call->arena);
    (void)rows_json(&read, 0, "links", &links, call->arena);
    if (!decision_record_read(call, organisation_id, id, true, &rows, &body, &record))
        return false;
    const char *media_type = call->response.media_type;
    return media_type && strcmp(media_type, "text/markdown") == 0
               ? answer_markdown(call, &links, &rows, organisation_id)
               : answer_signed(call, &links, &record, &body);
}
