/* SPDX-License-Identifier: Apache-2.0 */
#include "bind.h"

#include "percent.h"
#include "service.h"
#include "uuid.h"

#include <string.h>

/* ---- PostgreSQL's text form of text[] ---- */

static void add_element(struct buf *buf, const char *text, size_t len)
{
    if (buf->len > 1)
        buf_char(buf, ',');
    buf_char(buf, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\')
            buf_char(buf, '\\');
        buf_char(buf, text[i]);
    }
    buf_char(buf, '"');
}

static const char *text_array(struct arena *arena, const char *const *texts)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    buf_char(&buf, '{');
    for (; *texts; texts++)
        add_element(&buf, *texts, strlen(*texts));
    buf_char(&buf, '}');
    return buf_cstr(&buf);
}

static const char *json_text_array(struct arena *arena, const struct json *list)
{
    if (!list || list->type != JSON_LIST)
        return NULL;
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    buf_char(&buf, '{');
    for (size_t i = 0; i < list->list.count; i++)
        if (list->list.items[i].type == JSON_TEXT)
            add_element(&buf, list->list.items[i].text.data, list->list.items[i].text.len);
    buf_char(&buf, '}');
    return buf_cstr(&buf);
}

/* ---- the body ---- */

static const char *json_as_text(struct arena *arena, const struct json *value)
{
    if (!value || value->type == JSON_NULL_VALUE)
        return NULL;
    if (value->type == JSON_TEXT)
        return value->text.data;
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    json_write(&buf, value);
    return buf_cstr(&buf);
}

static const char *whole_body(struct call *call)
{
    if (!call->input.has_body)
        return NULL;
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    json_write(&buf, &call->input.body);
    return buf_cstr(&buf);
}

/* ---- If-Match ---- */

/* The tags of an If-Match header (RFC 9110 section 13.1.1) without their quotes, and without what
 * stands after a `+` (answer.c); weak ones match nothing and are kept with their mark. False:
 * malformed, or not UTF-8, and the database takes nothing else. */
static bool read_tags(struct arena *arena, const char *header, struct buf *out)
{
    if (!utf8_is_valid(header, strlen(header)))
        return false;
    buf_init(out, arena, SIZE_MAX);
    buf_char(out, '{');
    for (const char *p = header;;) {
        p += strspn(p, " \t,");
        if (!*p)
            break;
        const char *start = p;
        bool weak = strncmp(p, "W/", 2) == 0;
        p += weak ? 2 : 0;
        if (*p != '"')
            return false;
        const char *end = strchr(p + 1, '"');
        if (!end)
            return false;
        if (weak)
            add_element(out, start, (size_t)(end - start) + 1);
        else
            add_element(out, p + 1, strcspn(p + 1, "+\""));
        p = end + 1 + strspn(end + 1, " \t");
        if (*p && *p != ',')
            return false;
    }
    buf_char(out, '}');
    return out->len > 2;
}

const char *bind_if_match(struct call *call)
{
    const char *header = request_header(&call->request, "If-Match");
    struct buf tags;
    if (header && strcmp(header, "*") == 0)
        return "{\"\\\"\"}"; /* the text that no tag can be, see etag_matches */
    if (!header || !read_tags(call->arena, header, &tags))
        return NULL;
    return buf_cstr(&tags);
}

static bool check_if_match(struct call *call)
{
    enum if_match rule = call->operation->if_match;
    const char *header = request_header(&call->request, "If-Match");
    struct buf tags;
    if (rule == IF_MATCH_NONE)
        return true;
    if (!header)
        return rule == IF_MATCH_OPTIONAL ||
               problem_set(&call->problem, PROBLEM_PRECONDITION_REQUIRED,
                           "Send the resource's ETag as If-Match.");
    if (strcmp(header, "*") == 0 || read_tags(call->arena, header, &tags))
        return true;
    struct faults faults;
    faults_init(&faults, call->arena);
    faults_add(&faults, "header/If-Match", FAULT_FORMAT,
               "If-Match must be * or a list of quoted entity tags.");
    return problem_unless_clean(&call->problem, PROBLEM_INVALID_PARAMETER, &faults);
}

/* ---- cursors ---- */

/* Everything that decides which rows a list has and in which order; the page's own size and place
 * do not. Lengths keep values apart: one with a line break can't pass for two. */
static const char *cursor_scope(struct call *call)
{
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    buf_text(&buf, call->operation->id);
    for (size_t i = 0; i < call->route.argument_count; i++)
        buf_printf(&buf, "\n%zu:%s", strlen(call->route.arguments[i]), call->route.arguments[i]);
    const struct operation *operation = call->operation;
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        if (parameter->place != PLACE_QUERY || !call->input.values[i] ||
            strcmp(parameter->name, "cursor") == 0 || strcmp(parameter->name, "limit") == 0 ||
            strcmp(parameter->name, "fields") == 0 || strcmp(parameter->name, "include") == 0)
            continue;
        buf_printf(&buf, "\n%s=%zu:%s", parameter->name, strlen(call->input.values[i]),
                   call->input.values[i]);
    }
    return buf_cstr(&buf);
}

static bool read_cursor(struct call *call)
{
    if (!call->operation->list)
        return true;
    call->cursor_scope = cursor_scope(call);
    if (!call->input.cursor)
        return true;
    return cursor_read(call->arena, call->service->cursor_key, call->cursor_scope,
                       call->input.cursor, call->cursor_parts, &call->cursor_count) ||
           problem_set(&call->problem, PROBLEM_INVALID_CURSOR,
                       "The cursor is not of this list with this filter and sort order; start "
                       "again without it.");
}

bool bind_prepare(struct call *call)
{
    return check_if_match(call) && read_cursor(call);
}

/* ---- parameters ---- */

static const char *bind_input(struct call *call, const struct binding *binding)
{
    const char *const *list = call->input.lists[binding->index];
    return list ? text_array(call->arena, list) : call->input.values[binding->index];
}

/* PostgreSQL's text form of the row that the caller is: of the type principal, or of
 * adopted_decision.
 */
static const char *principal_row(struct call *call)
{
    const struct principal *principal = &call->principal;
    if (call->adopted)
        return arena_printf(call->arena, "(%s,%s)", principal->id, principal->organisation_id);
    if (!principal->scope)
        return principal->composite;
    struct buf row;
    buf_init(&row, call->arena, SIZE_MAX);
    buf_printf(&row, "(%s,%s,\"", principal->id, principal->organisation_id);
    for (const char *c = principal->scope; *c; c++) {
        if (*c == '"' || *c == '\\')
            buf_char(&row, '\\');
        buf_char(&row, *c);
    }
    buf_text(&row, "\")");
    return buf_cstr(&row);
}

static const char *bind_one(struct call *call, const struct binding *binding,
                            const char *const *values, bool counting)
{
    switch (binding->source) {
    case SOURCE_PRINCIPAL:
        return call->signed_in ? principal_row(call) : NULL;
    case SOURCE_PATH:
    case SOURCE_QUERY:
    case SOURCE_HEADER:
        return bind_input(call, binding);
    case SOURCE_BODY:
        return whole_body(call);
    case SOURCE_BODY_MEMBER:
        return json_as_text(call->arena, json_get(&call->input.body, binding->name));
    case SOURCE_BODY_TEXTS:
        return json_text_array(call->arena, json_get(&call->input.body, binding->name));
    case SOURCE_NEW_ID:
        return call_new_id(call);
    case SOURCE_REQUEST_ID:
        return call->request.id;
    case SOURCE_IF_MATCH:
        return bind_if_match(call);
    case SOURCE_LIMIT:
        return counting ? NULL : arena_printf(call->arena, "%zu", call->input.limit + 1);
    case SOURCE_CURSOR:
        return counting || binding->index >= call->cursor_count
                   ? NULL
                   : call->cursor_parts[binding->index];
    case SOURCE_INCLUDE:
        return text_array(call->arena,
                          call->input.include ? call->input.include : (const char *const[]){NULL});
    case SOURCE_PERMISSION:
        return call->operation->permission;
    case SOURCE_CLIENT:
        return call->signed_in ? call->principal.scope : NULL;
    case SOURCE_VALUE:
        return values ? values[binding->index] : NULL;
    }
    return NULL;
}

const char **bind_parameters(struct call *call, const struct statement *statement,
                             const char *const *values, bool counting)
{
    const char **parameters =
        arena_array(call->arena, statement->binding_count + 1, sizeof *parameters);
    for (size_t i = 0; i < statement->binding_count; i++)
        parameters[i] = bind_one(call, &statement->bindings[i], values, counting);
    return parameters;
}

const char *call_new_id(struct call *call)
{
    char text[UUID_TEXT_LEN + 1];
    uuid_v7(text);
    return arena_strndup(call->arena, text, UUID_TEXT_LEN);
}

const char *call_argument(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->operation->parameter_count; i++)
        if (strcmp(call->operation->parameters[i].name, name) == 0)
            return call->input.values[i];
    return NULL;
}
