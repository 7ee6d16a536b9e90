/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of the tables that openapi/compile.py writes from the OpenAPI document and
 * sql/queries/. Everything here is const data: the program's table of operations. */
#ifndef COHELM_OPERATION_H
#define COHELM_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum method {
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_HEAD,
    METHOD_OPTIONS,
    METHOD_UNKNOWN
};

/* ---- schemas: the JSON Schema keywords that validate.c enforces ---- */

enum schema_type {
    TYPE_NULL = 1,
    TYPE_BOOLEAN = 2,
    TYPE_INTEGER = 4,
    TYPE_NUMBER = 8,
    TYPE_STRING = 16,
    TYPE_ARRAY = 32,
    TYPE_OBJECT = 64,
    TYPE_ANY = 127
};

enum schema_format {
    FORMAT_NONE,
    FORMAT_UUID,
    FORMAT_DATE,
    FORMAT_DATE_TIME,
    FORMAT_EMAIL,
    FORMAT_URI,
    FORMAT_DURATION
};

struct schema;

struct schema_property {
    const char *name;
    const struct schema *schema;
};

struct schema {
    unsigned types; /* of enum schema_type; TYPE_ANY when the document says nothing */
    bool read_only; /* sent by a client it is a fault */
    bool unique_items;
    bool closed; /* additionalProperties: false */
    enum schema_format format;
    int64_t minimum, maximum;      /* INT64_MIN, INT64_MAX when absent */
    size_t min_length, max_length; /* in code points; 0, SIZE_MAX when absent */
    size_t min_items, max_items;
    size_t min_properties, max_properties;
    const char *pattern;            /* POSIX extended, anchored as written; NULL when absent */
    size_t pattern_index;           /* into the table of compiled patterns */
    const char *const *enumeration; /* JSON texts of scalars, NULL-terminated; NULL when absent */
    const struct schema *items;
    const struct schema_property *properties; /* in the order of the document */
    size_t property_count;
    const char *const *required;     /* NULL-terminated, or NULL */
    const struct schema *additional; /* schema of further members, or NULL */
    const struct schema *const
        *any_of; /* NULL-terminated, or NULL; oneOf is compiled to this too */
};

/* Every pattern once, by pattern_index: what validate_prepare compiles. */
extern const char *const patterns[];
extern const size_t pattern_count;

/* ---- parameters ---- */

enum place { PLACE_PATH, PLACE_QUERY, PLACE_HEADER };

struct parameter {
    const char *name;
    enum place place;
    bool required;
    bool list;                   /* comma-separated (style form, explode false) */
    const struct schema *schema; /* of each value */
    const char *default_text;    /* or NULL */
};

/* ---- statements ---- */

enum source {
    SOURCE_PRINCIPAL, /* the composite (person_id, organisation_id or null, scope or null) */
    SOURCE_PATH,      /* a path argument, by index in `parameters` */
    SOURCE_QUERY,     /* a query parameter; text, or text[] for a list; null when absent */
    SOURCE_HEADER,
    SOURCE_BODY,        /* the whole body as JSON text */
    SOURCE_BODY_MEMBER, /* one member: text, number or boolean as text, anything else as JSON text;
                           null when absent */
    SOURCE_BODY_TEXTS,  /* a member that is a list of strings, as text[] */
    SOURCE_NEW_ID,      /* a fresh UUIDv7; each occurrence another one */
    SOURCE_REQUEST_ID,
    SOURCE_IF_MATCH,   /* text[] of the entity tags, unquoted; null when absent or `*` */
    SOURCE_LIMIT,      /* page size + 1, or null (all) when counting */
    SOURCE_CURSOR,     /* component `index` of the cursor, or null */
    SOURCE_INCLUDE,    /* text[] of ?include= */
    SOURCE_PERMISSION, /* the operation's permission */
    SOURCE_CLIENT,     /* the caller's scope as text, or null */
    SOURCE_VALUE       /* given by a logic operation, by index */
};

struct binding {
    enum source source;
    const char *name; /* parameter, member or component; NULL where the source needs none */
    size_t index; /* SOURCE_PATH, _QUERY, _HEADER: into `parameters`; _CURSOR, _VALUE: position */
};

enum result { RESULT_ONE, RESULT_LIST, RESULT_NONE };

struct statement {
    const char *name; /* prepared under this name */
    size_t number;    /* position in `statements` */
    const char *sql;
    enum result result;
    bool writes;  /* INSERT, UPDATE, DELETE or FOR UPDATE occurs */
    bool deletes; /* of a DELETE: a foreign key in the way means that something refers to what it
                     deletes, and nothing that the client sent */
    const struct binding *bindings;
    size_t binding_count;
    const struct statement *adopted; /* the same by the authority of an adopted decision, or NULL */
    const struct statement *unfiltered; /* the same for when no query parameter that it binds is
                                           given, or NULL */
    const char *const *cursor; /* of a list: its columns that make the cursor, NULL-terminated; null
                                  in the first: the row stands for "nothing found" */
};

/* All statements, in the order of their numbers. */
extern const struct statement *const statements[];
extern const size_t statement_count;

/* ---- operations ---- */

enum admission { ADMIT_PUBLIC, ADMIT_SIGNED_IN, ADMIT_PERMISSION };
enum if_match { IF_MATCH_NONE, IF_MATCH_OPTIONAL, IF_MATCH_REQUIRED };
enum body_kind { BODY_NONE, BODY_JSON, BODY_MERGE_PATCH, BODY_FORM };

struct call;

struct sort {
    const char *name; /* "-created_at" */
    const struct statement *statement;
    const struct statement *count_statement; /* counts all rows for Prefer: count=exact */
};

struct operation {
    const char *id; /* "team_create" */
    enum method method;
    const char *path; /* "/v1/organisations/{organisation}/teams" */
    size_t number;    /* position in `operations`, for counters */
    enum admission admission;
    const char *permission; /* "team.create", or NULL */
    const char *scope;      /* what a narrowed token must be allowed; NULL: nothing */
    const struct parameter *parameters;
    size_t parameter_count;
    enum body_kind body_kind;
    bool body_required;
    const struct schema *body;         /* or NULL */
    const struct statement *statement; /* of a plain operation */
    const struct sort *sorts;          /* of a list; the first is the default */
    size_t sort_count;
    bool (*run)(struct call *call);   /* of a logic operation: service/operations/<id>.c; NULL for a
                                         plain one */
    const struct operation *batch_of; /* x-batch: each item is that operation's body */
    int success;                      /* 200, 201, 202 or 204 */
    bool list;
    bool change;        /* x-change: a decision may make it */
    bool job;           /* x-job: may be answered later, see job.h */
    bool uses_database; /* x-database: a public logic operation that runs statements */
    bool validate_only; /* takes ?validate_only=true: every write */
    enum if_match if_match;
    bool idempotent;             /* takes Idempotency-Key: every POST */
    bool no_store;               /* answers secrets: Cache-Control: no-store */
    const char *const *produces; /* media types, the first is the default; NULL-terminated */
    const char *const *includes; /* columns that appear only when asked for by ?include=;
                                    NULL-terminated or NULL */
};

extern const struct operation *const operations[];
extern const size_t operation_count;

/* All permissions of the document (x-permissions), sorted by name, and which built-in roles have
 * them. */
struct permission {
    const char *name;
    const char *about;
    const char *const *roles;          /* NULL-terminated names of built-in organisation roles */
    const char *const *team_roles;     /* of built-in team roles */
    const char *const *decision_roles; /* of roles in a decision: "proposer", "facilitator" */
};
extern const struct permission permissions[];
extern const size_t permission_count;

/* The document itself, bundled. */
extern const char openapi_json[];
extern const size_t openapi_json_len;
extern const char openapi_yaml[];
extern const size_t openapi_yaml_len;

/* ---- routes: a tree of literal and argument segments, for router.c ---- */

struct route_node {
    const char *segment; /* literal text; NULL for an argument */
    const struct route_node
        *children; /* literals first, sorted by bytes; then at most one argument */
    size_t child_count;
    const struct operation *const *
        methods; /* by enum method up to METHOD_DELETE; NULL entries where there is none; or NULL */
    const char *allow; /* "GET, HEAD, POST, OPTIONS" or NULL */
};
extern const struct route_node route_root;

#endif
