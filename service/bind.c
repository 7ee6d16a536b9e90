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

/* ---- If-Match, If-None-Match ---- */

/* Conditions as etag_matches (SQL) takes them: the tags of which one must be the current one, `"!`
 * before those that must not be; `"` for If-Match: *, `"+` for no If-Match, `"*` for
 * If-None-Match: *. No tag has a quotation mark. */
#define ANY_TAG "\""
#define NO_MATCH_ASKED "\"+"
#define NOT_ANY_TAG "\"*"
#define NOT_TAG "\"!"

/* One tag, from its first character to its second quote, without its quotes and without what stands
 * after a `+` (answer.c). If-Match compares strongly, so a weak one matches nothing and is kept
 * with its mark; If-None-Match weakly (RFC 9110 section 8.8.3.2). */
static void add_tag(const char *start, const char *end, bool none, struct buf *out)
{
    bool weak = *start == 'W';
    const char *text = start + (weak ? 3 : 1);
    size_t len = strcspn(text, "+\"");
    if (none) {
        const char *element = arena_printf(out->arena, NOT_TAG "%.*s", (int)len, text);
        add_element(out, element, strlen(element));
    } else if (weak) {
        add_element(out, start, (size_t)(end - start) + 1);
    } else {
        add_element(out, text, len);
    }
}

/* The tags of a header. False: malformed, or not UTF-8, and the database takes nothing else. */
static bool read_tags(const char *header, bool none, struct buf *out)
{
    size_t before = out->len;
    if (!utf8_is_valid(header, strlen(header)))
        return false;
    if (strcmp(header, "*") == 0) {
        const char *any = none ? NOT_ANY_TAG : ANY_TAG;
        add_element(out, any, strlen(any));
        return true;
    }
    for (const char *p = header;;) {
        p += strspn(p, " \t,");
        if (!*p)
            return out->len > before;
        const char *start = p;
        p += strncmp(p, "W/", 2) == 0 ? 2 : 0;
        const char *end = *p == '"' ? strchr(p + 1, '"') : NULL;
        if (!end)
            return false;
        add_tag(start, end, none, out);
        p = end + 1 + strspn(end + 1, " \t");
        if (*p && *p != ',')
            return false;
    }
}

const char *bind_if_match(struct call *call)
{
    const char *match = request_header(&call->request, "If-Match");
    const char *none = request_header(&call->request, "If-None-Match");
    struct buf tags;
    if (!match && !none)
        return NULL;
    buf_init(&tags, call->arena, SIZE_MAX);
    buf_char(&tags, '{');
    if (!match)
        add_element(&tags, NO_MATCH_ASKED, strlen(NO_MATCH_ASKED));
    else if (!read_tags(match, false, &tags))
        return NULL;
    if (none && !read_tags(none, true, &tags))
        return NULL;
    buf_char(&tags, '}');
    return buf_cstr(&tags);
}

static void check_tags(struct call *call, const char *name, bool none, struct faults *faults)
{
    const char *header = request_header(&call->request, name);
    struct buf tags;
    buf_init(&tags, call->arena, SIZE_MAX);
    if (header && !read_tags(header, none, &tags))
        faults_add(faults, arena_printf(call->arena, "header/%s", name), FAULT_FORMAT,
                   "%s must be * or a list of quoted entity tags.", name);
}

static bool check_conditions(struct call *call)
{
    enum if_match rule = call->operation->if_match;
    if (rule == IF_MATCH_NONE)
        return true;
    if (rule == IF_MATCH_REQUIRED && !request_header(&call->request, "If-Match"))
        return problem_set(&call->problem, PROBLEM_PRECONDITION_REQUIRED,
                           "Send the resource's ETag as If-Match.");
    struct faults faults;
    faults_init(&faults, call->arena);
    check_tags(call, "If-Match", false, &faults);
    check_tags(call, "If-None-Match", true, &faults);
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
    const struct operation *operation = call->operation;
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        if (parameter->place == PLACE_HEADER || !call->input.values[i] ||
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
    return check_conditions(call) && read_cursor(call);
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
