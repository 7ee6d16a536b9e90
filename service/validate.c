/* SPDX-License-Identifier: Apache-2.0 */
#include "validate.h"

#include "percent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Items a list parameter may have; the document says so too. */
#define LIST_MAX 50

struct work {
    const struct operation *operation;
    const struct request *request;
    struct arena *arena;
    struct input *input;
    struct faults faults; /* of query and headers */
};

/* ---- texts of parameters as JSON values ---- */

/* -?(0|[1-9][0-9]*) within 64 bits: no sign but minus, no blanks, no leading zeros. */
static bool parse_integer(const char *text, int64_t *value)
{
    const char *digits = text + (*text == '-');
    size_t len = strspn(digits, "0123456789");
    if (len == 0 || digits[len] || (len > 1 && *digits == '0'))
        return false;
    errno = 0;
    *value = strtoll(text, NULL, 10);
    return errno == 0;
}

/* The value that the schema expects in the text; else the text itself, which then has the wrong
 * type. */
static struct json text_value(struct arena *arena, const struct schema *schema, const char *text)
{
    struct json value = {.type = JSON_TEXT, .text = {text, strlen(text)}};
    struct json number;
    struct json_error error;
    if (schema->types & TYPE_STRING)
        return value;
    if (schema->types & TYPE_INTEGER && parse_integer(text, &number.integer)) {
        value = (struct json){.type = JSON_INT, .integer = number.integer};
    } else if (schema->types & TYPE_BOOLEAN &&
               (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        value = (struct json){.type = JSON_BOOLEAN, .boolean = *text == 't'};
    } else if (schema->types & TYPE_NUMBER && strspn(text, "-0123456789.eE+") == strlen(text) &&
               json_read(arena, text, strlen(text), &number, &error)) {
        value = number;
    }
    return value;
}

static void check_text(struct work *work, const struct parameter *parameter, const char *text,
                       const char *pointer)
{
    struct json value = text_value(work->arena, parameter->schema, text);
    validate_value(parameter->schema, &value, pointer, &work->faults);
}

/* Splits at commas; every item must have a character. */
static const char *const *check_list(struct work *work, const struct parameter *parameter,
                                     const char *text, const char *pointer)
{
    const char **items = arena_array(work->arena, LIST_MAX + 1, sizeof *items);
    for (size_t count = 0;; count++) {
        size_t len = strcspn(text, ",");
        if (count == LIST_MAX) {
            faults_add(&work->faults, pointer, FAULT_TOO_MANY, "There may be %d values at most.",
                       LIST_MAX);
            return items;
        }
        if (len == 0) {
            faults_add(&work->faults, pointer, FAULT_FORMAT,
                       "Values are separated by single commas, and none is empty.");
            return items;
        }
        items[count] = arena_strndup(work->arena, text, len);
        if (parameter->schema->format == FORMAT_UUID)
            items[count] = validate_path_id(work->arena, parameter->schema, items[count]);
        check_text(work, parameter, items[count], pointer);
        if (!text[len])
            return items;
        text += len + 1;
    }
}

static void check_parameter(struct work *work, size_t index, const char *text)
{
    static const char *const places[] = {
        [PLACE_PATH] = "path", [PLACE_QUERY] = "query", [PLACE_HEADER] = "header"};
    const struct parameter *parameter = &work->operation->parameters[index];
    bool missing = !text && parameter->required;
    if (!text)
        text = parameter->default_text;
    work->input->values[index] = text;
    if (!text && !missing)
        return;
    const char *pointer =
        arena_printf(work->arena, "%s/%s", places[parameter->place], parameter->name);
    if (missing)
        faults_add(&work->faults, pointer, FAULT_REQUIRED, "It must be there.");
    if (text && parameter->list)
        ((const char *const **)work->input->lists)[index] =
            check_list(work, parameter, text, pointer);
    else if (text)
        check_text(work, parameter, text, pointer);
}

/* ---- path, query, headers ---- */

/* Ids in small letters, also where a path takes an id or a name and both are compared as text. What
 * has a pattern is a name only. */
const char *validate_path_id(struct arena *arena, const struct schema *schema, const char *text)
{
    if (!text || schema->pattern)
        return text;
    struct json value = {.type = JSON_TEXT, .text = {text, strlen(text)}};
    json_lower_id(arena, &value);
    return value.text.data;
}

/* A path argument of the wrong form can't name anything. */
static bool check_path(struct work *work, const struct route *route, struct problem *problem)
{
    const struct operation *operation = work->operation;
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        const char *text = i < route->argument_count ? route->arguments[i] : NULL;
        if (parameter->place == PLACE_PATH)
            check_parameter(work, i, validate_path_id(work->arena, parameter->schema, text));
    }
    if (!work->faults.found)
        return true;
    return problem_set(problem, PROBLEM_NOT_FOUND, "The path names nothing: %s has the wrong form.",
                       work->faults.items[0].pointer + strlen("path/"));
}

static bool is_query_parameter(const struct operation *operation, const char *name)
{
    for (size_t i = 0; i < operation->parameter_count; i++)
        if (operation->parameters[i].place == PLACE_QUERY &&
            strcmp(operation->parameters[i].name, name) == 0)
            return true;
    return false;
}

static size_t occurrences(const struct request *request, const char *name, const char **value)
{
    size_t count = 0;
    for (size_t i = 0; i < request->query_count; i++) {
        if (strcmp(request->query[i].name, name) != 0)
            continue;
        if (!count++)
            *value = request->query[i].value;
    }
    return count;
}

static void check_query(struct work *work)
{
    const struct operation *operation = work->operation;
    const struct request *request = work->request;
    for (size_t i = 0; i < request->query_count; i++) {
        const char *name = request->query[i].name;
        if (!is_query_parameter(operation, name))
            faults_add(&work->faults, arena_printf(work->arena, "query/%s", name),
                       FAULT_UNKNOWN_PARAMETER, "There is no parameter of this name.");
    }
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        const char *value = NULL;
        if (parameter->place != PLACE_QUERY)
            continue;
        if (occurrences(request, parameter->name, &value) > 1)
            faults_add(&work->faults, arena_printf(work->arena, "query/%s", parameter->name),
                       FAULT_DUPLICATE, "It may be given once%s.",
                       parameter->list ? "; separate its values by commas" : "");
        if (parameter->schema->format == FORMAT_UUID && !parameter->list)
            value = validate_path_id(work->arena, parameter->schema, value);
        check_parameter(work, i, value);
    }
}

static void check_headers(struct work *work)
{
    const struct operation *operation = work->operation;
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const char *name = operation->parameters[i].name;
        if (operation->parameters[i].place != PLACE_HEADER)
            continue;
        const char *value = request_header(work->request, name);
        if (value && !utf8_is_valid(value, strlen(value)))
            faults_add(&work->faults, arena_printf(work->arena, "header/%s", name), FAULT_ENCODING,
                       "It is not valid UTF-8.");
        else
            check_parameter(work, i, value);
    }
}

/* The parameters that the engine itself understands. They are valid when this is called. */
static void lift(const struct operation *operation, struct input *input)
{
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const char *name = operation->parameters[i].name, *value = input->values[i];
        if (operation->parameters[i].place != PLACE_QUERY || !value)
            continue;
        if (strcmp(name, "validate_only") == 0)
            input->validate_only = operation->validate_only && strcmp(value, "true") == 0;
        else if (strcmp(name, "include") == 0)
            input->include = input->lists[i];
        if (!operation->list)
            continue;
        if (strcmp(name, "limit") == 0)
            input->limit = (size_t)strtoull(value, NULL, 10);
        else if (strcmp(name, "cursor") == 0)
            input->cursor = value;
        else if (strcmp(name, "fields") == 0)
            input->fields = input->lists[i];
        for (size_t k = 0; strcmp(name, "sort") == 0 && k < operation->sort_count; k++)
            if (strcmp(operation->sorts[k].name, value) == 0)
                input->sort = &operation->sorts[k];
    }
    if (operation->list && !input->sort && operation->sort_count)
        input->sort = &operation->sorts[0];
}

/* ---- the body ---- */

static bool is_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

/* Whether nothing but charset=utf-8 follows the type: RFC 8259 knows no parameters, but many send
 * this one. */
static bool parameters_fit(const char *text)
{
    while (*text) {
        text += strspn(text, " \t");
        if (!*text)
            return true;
        if (*text++ != ';')
            return false;
        text += strspn(text, " \t");
        size_t len = strcspn(text, "; \t");
        if (len && !is_word(text, len, "charset=utf-8") && !is_word(text, len, "charset=\"utf-8\""))
            return false;
        text += len;
    }
    return true;
}

/* A body that is coded or only a part can't be read as what it is, and no operation takes one (RFC
 * 9110 sections 8.4 and 14.5). */
static bool is_whole(const struct work *work, struct problem *problem)
{
    const char *coding = request_header(work->request, "Content-Encoding");
    if (coding && *coding && strcasecmp(coding, "identity") != 0)
        return problem_set(problem, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                           "Send the body without a Content-Encoding.");
    if (request_header(work->request, "Content-Range"))
        return problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                           "A part of a body is not taken; send it whole, without Content-Range.");
    return true;
}

static bool media_type_fits(const struct work *work)
{
    const char *header = request_header(work->request, "Content-Type");
    if (!header)
        return false;
    header += strspn(header, " \t");
    size_t len = strcspn(header, "; \t");
    enum body_kind kind = work->operation->body_kind;
    bool fits = kind == BODY_FORM ? is_word(header, len, "application/x-www-form-urlencoded")
                                  : is_word(header, len, "application/json") ||
                                        (kind == BODY_MERGE_PATCH &&
                                         is_word(header, len, "application/merge-patch+json"));
    return fits && parameters_fit(header + len);
}

static const char *media_types(enum body_kind kind)
{
    if (kind == BODY_FORM)
        return "application/x-www-form-urlencoded";
    return kind == BODY_MERGE_PATCH ? "application/merge-patch+json or application/json"
                                    : "application/json";
}

/* A form (WHATWG URL, application/x-www-form-urlencoded) as a map of texts. Only token requests are
 * forms, so what is wrong with one is invalid_request (RFC 6749 section 5.2). */
static bool read_form(struct work *work, struct problem *problem)
{
    const char *rest = work->request->body, *end = rest + work->request->body_len;
    struct json *body = &work->input->body;
    struct json_member *members = arena_array(work->arena, REQUEST_QUERY_MAX, sizeof *members);
    *body = (struct json){.type = JSON_MAP, .map = {.members = members}};
    while (rest < end) {
        const char *next = memchr(rest, '&', (size_t)(end - rest));
        next = next ? next : end;
        const char *equals = memchr(rest, '=', (size_t)(next - rest));
        const char *name_end = equals ? equals : next, *from = equals ? equals + 1 : next;
        const char *key = percent_decode(work->arena, rest, (size_t)(name_end - rest), true);
        const char *text = percent_decode(work->arena, from, (size_t)(next - from), true);
        if (!key || !text || body->map.count == REQUEST_QUERY_MAX)
            return problem_set(problem, PROBLEM_INVALID_REQUEST,
                               "The body is no form in percent-encoded UTF-8 of up to %d fields.",
                               REQUEST_QUERY_MAX);
        if (json_get(body, key))
            return problem_set(problem, PROBLEM_INVALID_REQUEST,
                               "A field of the form is given twice.");
        if (next > rest)
            members[body->map.count++] =
                (struct json_member){.key = key,
                                     .key_len = strlen(key),
                                     .value = {.type = JSON_TEXT, .text = {text, strlen(text)}}};
        rest = next + 1;
    }
    return true;
}

static bool read_json(struct work *work, struct problem *problem)
{
    struct json_error error;
    if (json_read(work->arena, work->request->body, work->request->body_len, &work->input->body,
                  &error))
        return true;
    return problem_set(
        problem, error.kind == JSON_ERROR_DEPTH ? PROBLEM_BODY_TOO_DEEP : PROBLEM_MALFORMED_JSON,
        "%s", error.message);
}

/* A body where none is expected is refused: ignoring it would hide a client's mistake. */
static bool check_body(struct work *work, struct problem *problem)
{
    const struct operation *operation = work->operation;
    size_t len = work->request->body_len;
    bool form = operation->body_kind == BODY_FORM;
    if (operation->body_kind == BODY_NONE)
        return !len || problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                                   "This operation takes no request body.");
    if (!len)
        return !operation->body_required ||
               problem_set(problem, form ? PROBLEM_INVALID_REQUEST : PROBLEM_BODY_MISSING,
                           "Send a body of type %s.", media_types(operation->body_kind));
    if (!media_type_fits(work))
        return problem_set(problem, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                           "Send %s, in UTF-8, and say so in Content-Type.",
                           media_types(operation->body_kind));
    if (!is_whole(work, problem))
        return false;
    if (!(form ? read_form(work, problem) : read_json(work, problem)))
        return false;
    work->input->has_body = true;
    struct faults faults;
    faults_init(&faults, work->arena);
    if (operation->body) {
        validate_lower_ids(operation->body, &work->input->body, work->arena);
        validate_value(operation->body, &work->input->body, "", &faults);
    }
    return problem_unless_clean(problem, form ? PROBLEM_INVALID_REQUEST : PROBLEM_INVALID_BODY,
                                &faults);
}

bool validate_request(const struct operation *operation, const struct route *route,
                      const struct request *request, struct arena *arena, struct input *input,
                      struct problem *problem)
{
    struct work work = {.operation = operation, .request = request, .arena = arena, .input = input};
    *input = (struct input){
        .values = arena_array(arena, operation->parameter_count, sizeof *input->values),
        .lists = arena_array(arena, operation->parameter_count, sizeof *input->lists),
    };
    faults_init(&work.faults, arena);
    if (!check_path(&work, route, problem))
        return false;
    check_query(&work);
    check_headers(&work);
    if (!problem_unless_clean(problem, PROBLEM_INVALID_PARAMETER, &work.faults))
        return false;
    lift(operation, input);
    return check_body(&work, problem);
}
