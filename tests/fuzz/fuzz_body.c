/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies, against the schemas of the real document: the input is an operation's id, a line break
 * and the body. What is accepted is accepted again when it is written and read, and is the same;
 * what is refused names its faults in an answer that can be read. */
#include "check.h"

#include "validate.h"

static const struct operation *find(const char *id, size_t len)
{
    for (size_t i = 0; i < operation_count; i++)
        if (operations[i]->body_kind != BODY_NONE && strlen(operations[i]->id) == len &&
            memcmp(operations[i]->id, id, len) == 0)
            return operations[i];
    return NULL;
}

static void check_faults(struct arena *arena, const struct faults *faults)
{
    struct problem problem;
    problem_init(&problem, arena);
    must(!problem_unless_clean(&problem, PROBLEM_INVALID_BODY, faults), "faults are no problem");
    must(faults->count > 0 && faults->count <= faults->found, "there are no faults");
    for (size_t i = 0; i < faults->count; i++)
        must(!*faults->items[i].pointer || *faults->items[i].pointer == '/', "no JSON pointer");
    check_problem(&problem);
}

static void check_json(struct arena *arena, const struct operation *operation, const char *text,
                       size_t len)
{
    struct json value, again;
    struct json_error error = {.message = ""};
    struct faults faults;
    struct buf buf;
    if (!json_read(arena, text, len, &value, &error)) {
        must(*error.message, "refused without a reason");
        return;
    }
    buf_init(&buf, arena, SIZE_MAX);
    json_write(&buf, &value);
    must(json_read(arena, buf.data, buf.len, &again, &error), "what was written can't be read");
    must(json_same(&value, &again), "what was written reads as something else");
    faults_init(&faults, arena);
    validate_value(operation->body, &value, "", &faults);
    size_t found = faults.found;
    if (found)
        check_faults(arena, &faults);
    faults_init(&faults, arena);
    validate_value(operation->body, &again, "", &faults);
    must(faults.found == found, "the same value has other faults");
}

static void check_form(struct arena *arena, const struct operation *operation, const char *text,
                       size_t len)
{
    static const struct request_header type = {"Content-Type", "application/x-www-form-urlencoded"};
    struct route route = {0};
    struct input input;
    struct problem problem;
    problem_init(&problem, arena);
    struct request request = {
        .target = "/", .headers = &type, .header_count = 1, .body = text, .body_len = len};
    if (!validate_request(operation, &route, &request, arena, &input, &problem))
        check_problem(&problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *line = memchr(text, '\n', size);
    const struct operation *operation = line ? find(text, (size_t)(line - text)) : NULL;
    if (!operation || !operation->body)
        return -1; /* nothing to learn from it */
    struct arena arena;
    arena_init(&arena);
    validate_prepare();
    size_t len = size - (size_t)(line + 1 - text);
    if (operation->body_kind == BODY_FORM)
        check_form(&arena, operation, line + 1, len);
    else
        check_json(&arena, operation, line + 1, len);
    arena_release(&arena);
    return 0;
}
