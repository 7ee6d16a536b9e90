/* SPDX-License-Identifier: Apache-2.0 */
#include "../answer.h"
#include "../document.h"
#include "../service.h"
#include "decision_due.h"
#include "decision_markdown.h"
#include "decision_record.h"

#include <string.h>

/* The digest of the record with its links, and with a signature still to be made, which it covers
 * as null. */
static const char *digest_of(struct call *call, const struct decision_record *record,
                             const struct json *links)
{
    struct json facts = record->facts;
    struct json_member *members = arena_array(call->arena, facts.map.count + 2, sizeof *members);
    memcpy(members, facts.map.members, facts.map.count * sizeof *members);
    facts.map.members = members;
    members[facts.map.count++] =
        (struct json_member){.key = "links", .key_len = 5, .value = *links};
    members[facts.map.count++] = (struct json_member){.key = "signature", .key_len = 9};
    return record_digest_of_lists(call->arena, &facts, &record->lists);
}

/* Signed when it is read, not when the decision closed: so the signature covers what may change
 * after closing too, records of decisions that closed before there were signatures have one, and
 * it is by a key that is published now. As each signature differs, the entity tag is a weak one, of
 * what is signed. */
static bool answer_signed(struct call *call, const struct rows *read, const struct json *links,
                          struct decision_record *record)
{
    struct buf statement, *body = &record->text;
    const char *digest = digest_of(call, record, links);
    if (!digest)
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    const char *tag = arena_printf(call->arena, "\"%.32s\"", digest);
    response_header(&call->response, "ETag", arena_printf(call->arena, "W/%s", tag));
    call->response.status = answer_none_match(call, tag) ? 304 : 200;
    if (call->response.status == 304)
        return true;
    record_statement(call->arena, &record->facts, rows_int(read, 0, "trail_rows", 0),
                     rows_text(read, 0, "head", call->arena), digest, &statement);
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

static bool answer_markdown(struct call *call, const struct rows *read, const struct json *links,
                            const struct decision_record *source)
{
    struct buf body;
    struct decision_markdown record = {
        .arena = call->arena,
        .out = &body,
        .source = source,
        .rows = &source->rows,
        .links = links,
        .trail_rows = rows_int(read, 0, "trail_rows", 0),
        .head = rows_text(read, 0, "head", call->arena),
        .decisions = arena_printf(call->arena, "%s/v1/organisations/%s/decisions/",
                                  call->service->config.public_url,
                                  rows_text(read, 0, "organisation_id", call->arena))};
    buf_init(&body, call->arena, RESPONSE_BODY_MAX);
    if (!decision_markdown(&record) || body.full)
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    call->response.media_type = "text/markdown; charset=utf-8";
    return document_answer(call, body.data, body.len, NULL);
}

/* As JSON the record itself with its links, its digest and a signature, as Markdown written from
 * it.
 */
static bool answer(struct call *call, const struct rows *read, struct decision_record *record)
{
    struct json links = {0};
    const char *organisation_id = rows_text(read, 0, "organisation_id", call->arena);
    const char *id = rows_text(read, 0, "id", call->arena);
    const char *media_type = call->response.media_type;
    bool markdown = media_type && strcmp(media_type, "text/markdown") == 0;
    (void)rows_json(read, 0, "links", &links, call->arena);
    if (!decision_record_export(call, organisation_id, id, !markdown, record))
        return false;
    return markdown ? answer_markdown(call, read, &links, record)
                    : answer_signed(call, read, &links, record);
}

/* What is due is settled first; then all is read as it is at one moment. */
bool decision_record_get(struct call *call)
{
    struct rows rows;
    struct decision_record record = {0};
    if (!decision_query(call, call->operation->statement, &rows) || !call_check(call, &rows) ||
        !db_commit(call->db, &call->repeat, &call->problem) ||
        !db_begin_snapshot(call->db, &call->problem) ||
        !call_query(call, call->operation->statement, NULL, &rows) || !call_check(call, &rows))
        return false;
    bool good = answer(call, &rows, &record);
    decision_record_end(call, &record);
    return good;
}
