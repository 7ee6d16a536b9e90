/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include "document.h"
#include "log.h"
#include "negotiate.h"
#include "render.h"
#include "service.h"

#include <string.h>
#include <strings.h>

/* ---- refusals by statements ---- */

static enum problem_code default_code(int64_t status)
{
    switch (status) {
    case 403:
        return PROBLEM_PERMISSION_DENIED;
    case 404:
        return PROBLEM_NOT_FOUND;
    case 409:
        return PROBLEM_CONFLICT;
    case 412:
        return PROBLEM_PRECONDITION_FAILED;
    case 422:
        return PROBLEM_INVALID_BODY;
    default:
        return PROBLEM_INTERNAL_ERROR;
    }
}

static void add_faults(struct faults *faults, const struct json *list)
{
    for (size_t i = 0; list->type == JSON_LIST && i < list->list.count; i++) {
        const struct json *item = &list->list.items[i];
        const char *code = json_get_text(item, "code");
        for (size_t known = 0; code && known < fault_code_count; known++)
            if (strcmp(fault_codes[known], code) == 0)
                faults_add(faults, json_get_text(item, "pointer"), (enum fault_code)known, "%s",
                           json_get_text(item, "detail"));
    }
}

static bool refuse(struct call *call, const struct rows *rows, int64_t status)
{
    struct problem *problem = &call->problem;
    enum problem_code code = default_code(status);
    const char *text = rows_text(rows, 0, "_code", call->arena);
    const char *detail = rows_text(rows, 0, "_detail", call->arena);
    struct json errors;
    if (text && !problem_code_find(text, &code))
        log_error("statement gives an unknown problem code", "code", text, NULL);
    if (code == PROBLEM_PERMISSION_DENIED) {
        problem->permission = rows_text(rows, 0, "_permission", call->arena);
        if (!problem->permission)
            problem->permission = call->operation->permission;
        if (!detail && problem->permission)
            detail =
                arena_printf(call->arena, "You need the permission %s here.", problem->permission);
    }
    if (rows_json(rows, 0, "_errors", &errors, call->arena)) {
        add_faults(&problem->faults, &errors);
        if (!detail && problem->faults.count)
            detail = problem->faults.items[0].detail;
    }
    return detail ? problem_set(problem, code, "%s", detail) : problem_set(problem, code, NULL);
}

bool call_check(struct call *call, const struct rows *rows)
{
    if (!rows->count)
        return problem_set(&call->problem, PROBLEM_NOT_FOUND, NULL);
    int64_t status = rows_int(rows, 0, "_status", 0);
    return !status || refuse(call, rows, status);
}

/* ---- one resource ---- */

static struct render_choice choice_of(const struct call *call)
{
    return (struct render_choice){.fields = call->input.fields,
                                  .includes = call->operation->includes,
                                  .included = call->input.include};
}

static bool unknown_type(struct call *call)
{
    log_error("a column has a type that can't be rendered", "operation", call->operation->id, NULL);
    return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
}

const char *answer_gzip_tag(const struct call *call, const char *etag)
{
    return arena_printf(call->arena, "%.*s+gzip\"", (int)strlen(etag) - 1, etag);
}

/* RFC 9110 section 13.1.2: weak comparison, `*` matches what exists. */
bool answer_none_match(const struct call *call, const char *etag)
{
    const char *header = request_header(&call->request, "If-None-Match");
    return header && (strcmp(header, "*") == 0 || strstr(header, etag) ||
                      (negotiate_gzip(call) && strstr(header, answer_gzip_tag(call, etag))));
}

static void add_control_headers(struct call *call, const struct rows *rows)
{
    const char *tag = rows_text(rows, 0, "_etag", call->arena);
    const char *location = rows_text(rows, 0, "_location", call->arena);
    if (tag && !call->input.include)
        response_header(&call->response, "ETag", arena_printf(call->arena, "\"%s\"", tag));
    if (location)
        response_header(&call->response, "Location", location);
}

/* What `include` adds comes from other rows too, such as the names of members. So the tag is that
 * of the row and, after a `+` from which If-Match does not read on, one of all that is answered. */
static bool answer_included(struct call *call, const struct rows *rows)
{
    struct response *response = &call->response;
    struct render_choice choice = choice_of(call);
    if (!render_row(&response->body, rows, 0, &choice))
        return unknown_type(call);
    const char *whole = document_tag(call, response->body.data, response->body.len);
    const char *etag =
        arena_printf(call->arena, "\"%s+%s", rows_text(rows, 0, "_etag", call->arena), whole + 1);
    response_header(response, "ETag", etag);
    if (answer_none_match(call, etag)) {
        response->status = 304;
        response->body.len = 0;
    }
    return true;
}

bool call_answer_row(struct call *call, const struct rows *rows)
{
    struct response *response = &call->response;
    response->status = call->operation->success;
    add_control_headers(call, rows);
    if (response->status == 204)
        return true;
    if (call->input.include)
        return answer_included(call, rows);
    const char *etag = response_get_header(response, "ETag");
    if (call->operation->method == METHOD_GET && etag && answer_none_match(call, etag)) {
        response->status = 304;
        return true;
    }
    struct render_choice choice = choice_of(call);
    return render_row(&response->body, rows, 0, &choice) || unknown_type(call);
}

/* ---- lists ---- */

/* A page whose items are large has fewer of them: it is written on the thread that all share, and
 * kept until the client has read it. */
#define PAGE_ENOUGH ((size_t)2 * 1024 * 1024)

bool answer_wants_count(const struct call *call)
{
    return negotiate_prefers(call, "count", "exact");
}

static void add_encoded(struct buf *buf, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~,:", c)) {
            buf_char(buf, (char)c);
        } else {
            buf_char(buf, '%');
            buf_char(buf, hex[c >> 4]);
            buf_char(buf, hex[c & 15]);
        }
    }
}

/* Link: <the same list from the next cursor on>; rel="next" (RFC 8288). */
static void add_link(struct call *call, const char *cursor)
{
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    buf_char(&buf, '<');
    buf_text(&buf, call->service->config.public_url);
    buf_text(&buf, call->request.path);
    buf_char(&buf, '?');
    for (size_t i = 0; i < call->request.query_count; i++) {
        const struct query_pair *pair = &call->request.query[i];
        if (strcmp(pair->name, "cursor") == 0)
            continue;
        add_encoded(&buf, pair->name);
        buf_char(&buf, '=');
        add_encoded(&buf, pair->value);
        buf_char(&buf, '&');
    }
    buf_text(&buf, "cursor=");
    buf_text(&buf, cursor);
    buf_text(&buf, ">; rel=\"next\"");
    response_header(&call->response, "Link", buf_cstr(&buf));
}

static const char *cursor_of_row(struct call *call, const struct statement *statement,
                                 const struct rows *rows, size_t row)
{
    const char *parts[CURSOR_PARTS_MAX];
    size_t count = 0;
    for (; statement->cursor[count]; count++)
        parts[count] = rows_text(rows, row, statement->cursor[count], call->arena);
    return cursor_make(call->arena, call->service->cursor_key, call->cursor_scope, parts, count);
}

static bool is_empty(const struct statement *statement, const struct rows *rows)
{
    return !rows->count || rows_is_null(rows, 0, (size_t)rows_column(rows, statement->cursor[0]));
}

bool answer_list(struct call *call, const struct statement *statement, const struct rows *rows,
                 int64_t total)
{
    size_t count = is_empty(statement, rows) ? 0 : rows->count;
    size_t found = count;
    if (count > call->input.limit)
        count = call->input.limit;
    const char *cursor = NULL;
    struct response *response = &call->response;
    struct render_choice choice = choice_of(call);
    response->status = call->operation->success;
    buf_text(&response->body, "{\"items\":");
    choice.enough = PAGE_ENOUGH;
    if (!render_rows(&response->body, rows, &count, &choice))
        return unknown_type(call);
    if (count < found)
        cursor = cursor_of_row(call, statement, rows, count - 1);
    buf_text(&response->body, ",\"next_cursor\":");
    if (cursor)
        buf_json_string(&response->body, cursor, strlen(cursor));
    else
        buf_text(&response->body, "null");
    if (total >= 0) {
        buf_text(&response->body, ",\"count\":");
        buf_int(&response->body, total);
        response_header(response, "Preference-Applied", "count=exact");
    }
    buf_char(&response->body, '}');
    if (cursor)
        add_link(call, cursor);
    return true;
}
