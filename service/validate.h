/* SPDX-License-Identifier: Apache-2.0 */
/* Checks what a client sent against the operation's schemas and collects every fault. Pure: no I/O.
 */
#ifndef COHELM_VALIDATE_H
#define COHELM_VALIDATE_H

#include "json.h"
#include "operation.h"
#include "request.h"
#include "router.h"

/* The checked input of an operation. */
struct input {
    const char **values; /* by parameter: text, or NULL when absent and without default; of a list
                            parameter the raw text */
    const char *const *
        *lists; /* by parameter: for list parameters the items, NULL-terminated; else NULL */
    bool has_body;
    struct json body;
    bool validate_only;
    size_t limit;               /* of a list: 1..200 */
    const struct sort *sort;    /* of a list */
    const char *cursor;         /* of a list, as sent, or NULL */
    const char *const *fields;  /* ?fields=, NULL-terminated, or NULL for all */
    const char *const *include; /* ?include=, NULL-terminated, or NULL for none */
};

/* Compiles the patterns of all schemas; to be called once before the first request. */
void validate_prepare(void);

/* Checks path, query, headers and body. `limit`, `cursor`, `sort`, `fields`, `include` and
 * `validate_only` are ordinary query parameters of the document that are also lifted into their
 * fields. False: 400 invalid_parameter with all faults of path, query and headers; or 404 not_found
 * if a path argument can't name anything (wrong format); 415, 400 malformed_json, body_too_deep,
 * body_missing; 422 invalid_body with all faults of the body. */
bool validate_request(const struct operation *operation, const struct route *route,
                      const struct request *request, struct arena *arena, struct input *input,
                      struct problem *problem);

/* Gives the ids in a value small letters, where the schema says that they are ids: later stages
 * compare them as text too. To be done before the value is checked, as two ids may be the same. */
void validate_lower_ids(const struct schema *schema, struct json *value, struct arena *arena);

/* The same for the text of an argument of a path, which may be NULL. */
const char *validate_path_id(struct arena *arena, const struct schema *schema, const char *text);

/* Checks one value; pointers of faults begin with `pointer`. */
void validate_value(const struct schema *schema, const struct json *value, const char *pointer,
                    struct faults *faults);

#endif
