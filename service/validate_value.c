/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON Schema half of validate.h: one value against one schema (draft 2020-12). */
#include "validate.h"

#include "format.h"

#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* Beyond 2^53 a double does not tell neighbours apart, so what was sent is no longer known. */
#define EXACT_MAX 9007199254740992.0

/* A pointer longer than this gives way to that of the value around it, so that many faults below
 * one huge key can't multiply what was sent. */
#define POINTER_MAX 2000

static regex_t *compiled;

void validate_prepare(void)
{
    if (compiled)
        return;
    compiled = calloc(pattern_count + 1, sizeof *compiled);
    if (!compiled)
        abort();
    /* The compiler of the contract lets through only what regcomp and ECMA-262 mean alike. */
    for (size_t i = 0; i < pattern_count; i++)
        if (regcomp(&compiled[i], patterns[i], REG_EXTENDED | REG_NOSUB) != 0)
            abort();
}

/* ---- where a value stands; its pointer is written only when there is a fault ---- */

struct at {
    const struct at *parent;
    const char *text; /* key of a member; prefix of the root; NULL for an item */
    size_t index;     /* of an item */
};

static void write_pointer(const struct at *at, struct buf *buf)
{
    if (!at->parent) {
        buf_text(buf, at->text);
        return;
    }
    write_pointer(at->parent, buf);
    buf_char(buf, '/');
    if (!at->text) {
        buf_printf(buf, "%zu", at->index);
        return;
    }
    for (const char *p = at->text; *p; p++) {
        if (*p == '~')
            buf_text(buf, "~0");
        else if (*p == '/')
            buf_text(buf, "~1");
        else
            buf_char(buf, *p);
    }
}

static const char *pointer_of(const struct at *at, struct arena *arena)
{
    struct buf buf;
    for (;; at = at->parent) {
        buf_init(&buf, arena, POINTER_MAX);
        write_pointer(at, &buf);
        if (!buf.full || !at->parent)
            return buf_cstr(&buf);
    }
}

static void fault(struct faults *faults, const struct at *at, enum fault_code code,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

static void fault(struct faults *faults, const struct at *at, enum fault_code code,
                  const char *format, ...)
{
    if (faults->count == FAULTS_MAX) {
        faults->found++;
        return;
    }
    va_list args;
    va_start(args, format);
    const char *detail = arena_vprintf(faults->arena, format, args);
    va_end(args);
    faults_add(faults, pointer_of(at, faults->arena), code, "%s", detail);
}

static void check(const struct schema *schema, const struct json *value, const struct at *at,
                  struct faults *faults);

/* ---- types ---- */

/* JSON Schema: a number without fraction is an integer, however it is written. */
static bool is_integral(const struct json *value)
{
    return value->type == JSON_INT ||
           (value->type == JSON_NUMBER && trunc(value->number) == value->number);
}

static unsigned types_of(const struct json *value)
{
    switch (value->type) {
    case JSON_NULL_VALUE:
        return TYPE_NULL;
    case JSON_BOOLEAN:
        return TYPE_BOOLEAN;
    case JSON_INT:
        return TYPE_INTEGER | TYPE_NUMBER;
    case JSON_NUMBER:
        return is_integral(value) ? TYPE_INTEGER | TYPE_NUMBER : TYPE_NUMBER;
    case JSON_TEXT:
        return TYPE_STRING;
    case JSON_LIST:
        return TYPE_ARRAY;
    case JSON_MAP:
        return TYPE_OBJECT;
    }
    return 0;
}

static void fault_type(const struct schema *schema, const struct at *at, struct faults *faults)
{
    static const char *const names[] = {"null",     "true or false", "an integer", "a number",
                                        "a string", "an array",      "an object"};
    struct buf buf;
    buf_init(&buf, faults->arena, 200);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(schema->types & 1U << i))
            continue;
        if (buf.len)
            buf_text(&buf, " or ");
        buf_text(&buf, names[i]);
    }
    fault(faults, at, FAULT_TYPE, "It must be %s.", buf_cstr(&buf));
}

/* ---- scalars ---- */

static const char *scalar_text(const struct json *value, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    if (value->type == JSON_NUMBER && is_integral(value) && fabs(value->number) < EXACT_MAX)
        buf_int(&buf, (int64_t)value->number);
    else
        json_write(&buf, value);
    return buf_cstr(&buf);
}

static void check_enumeration(const struct schema *schema, const struct json *value,
                              const struct at *at, struct faults *faults)
{
    struct buf buf;
    const char *text = value->type == JSON_LIST || value->type == JSON_MAP
                           ? ""
                           : scalar_text(value, faults->arena);
    buf_init(&buf, faults->arena, 400);
    for (const char *const *allowed = schema->enumeration; *allowed; allowed++) {
        if (strcmp(*allowed, text) == 0)
            return;
        if (buf.len)
            buf_text(&buf, ", ");
        buf_text(&buf, *allowed);
    }
    const char *list = buf.full ? "those that the documentation lists" : buf_cstr(&buf);
    if (schema->enumeration[0] && !schema->enumeration[1])
        fault(faults, at, FAULT_CONST, "It must be %s.", list);
    else
        fault(faults, at, FAULT_ENUM, "It must be one of %s.", list);
}

static size_t code_points(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

static void check_text(const struct schema *schema, const struct json *value, const struct at *at,
                       struct faults *faults)
{
    size_t len = code_points(value->text.data, value->text.len);
    if (len > schema->max_length) {
        /* Patterns are not run on it: they cost time by length. */
        fault(faults, at, FAULT_TOO_LONG, "It may have %zu characters at most.",
              schema->max_length);
        return;
    }
    if (len < schema->min_length)
        fault(faults, at, FAULT_TOO_SHORT, "It must have %zu character%s at least.",
              schema->min_length, schema->min_length == 1 ? "" : "s");
    if (!format_matches(schema->format, value->text.data))
        fault(faults, at, FAULT_FORMAT, "It must be %s.", format_name(schema->format));
    if (schema->pattern &&
        regexec(&compiled[schema->pattern_index], value->text.data, 0, NULL, 0) != 0)
        fault(faults, at, FAULT_PATTERN, "It must match %s.", schema->pattern);
}

static void check_number(const struct schema *schema, const struct json *value, const struct at *at,
                         struct faults *faults)
{
    bool exact = value->type == JSON_INT;
    bool small = exact ? value->integer < schema->minimum
                       : schema->minimum != INT64_MIN && value->number < (double)schema->minimum;
    bool large = exact ? value->integer > schema->maximum
                       : schema->maximum != INT64_MAX && value->number > (double)schema->maximum;
    if (small)
        fault(faults, at, FAULT_TOO_SMALL, "It must be %lld at least.", (long long)schema->minimum);
    else if (large)
        fault(faults, at, FAULT_TOO_LARGE, "It must be %lld at most.", (long long)schema->maximum);
    else if (!exact && !(schema->types & TYPE_NUMBER) && fabs(value->number) >= EXACT_MAX)
        fault(faults, at, value->number < 0 ? FAULT_TOO_SMALL : FAULT_TOO_LARGE,
              "An integer of this size must be written without fraction and exponent.");
}

/* ---- arrays ---- */

struct item {
    const char *text; /* canonical, so that equal values have equal texts */
    size_t index;
};

static int by_text(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Sorts instead of comparing each with each: a client chooses how many there are. */
static void check_unique(const struct json *list, const struct at *at, struct faults *faults)
{
    size_t count = list->list.count;
    struct item *items = arena_array(faults->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        struct buf buf;
        buf_init(&buf, faults->arena, SIZE_MAX);
        json_write_canonical(&buf, &list->list.items[i]);
        items[i] = (struct item){buf_cstr(&buf), i};
    }
    if (count)
        qsort(items, count, sizeof *items, by_text);
    for (size_t i = 1; i < count; i++) {
        struct at here = {at, NULL, items[i].index};
        if (strcmp(items[i - 1].text, items[i].text) == 0)
            fault(faults, &here, FAULT_NOT_UNIQUE, "It is the same as item %zu.",
                  items[i - 1].index);
    }
}

static void check_list(const struct schema *schema, const struct json *value, const struct at *at,
                       struct faults *faults)
{
    size_t count = value->list.count;
    if (count < schema->min_items)
        fault(faults, at, FAULT_TOO_FEW, "There must be %zu at least.", schema->min_items);
    if (count > schema->max_items)
        fault(faults, at, FAULT_TOO_MANY, "There may be %zu at most.", schema->max_items);
    for (size_t i = 0; schema->items && i < count; i++) {
        struct at here = {at, NULL, i};
        check(schema->items, &value->list.items[i], &here, faults);
    }
    if (schema->unique_items)
        check_unique(value, at, faults);
}

/* ---- objects ---- */

static const struct schema *property(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->property_count; i++)
        if (strcmp(schema->properties[i].name, name) == 0)
            return schema->properties[i].schema;
    return NULL;
}

/* The names that a client may send. */
static const char *taken(const struct schema *schema, struct arena *arena)
{
    struct buf names;
    buf_init(&names, arena, SIZE_MAX);
    for (size_t i = 0; i < schema->property_count; i++) {
        const struct schema_property *one = &schema->properties[i];
        if (one->schema && !one->schema->read_only)
            buf_printf(&names, "%s%s", names.len ? ", " : "", one->name);
    }
    return names.len ? buf_cstr(&names) : "none";
}

static void check_map(const struct schema *schema, const struct json *value, const struct at *at,
                      struct faults *faults)
{
    if (value->map.count < schema->min_properties)
        fault(faults, at, FAULT_TOO_FEW, "It must have %zu member%s at least.",
              schema->min_properties, schema->min_properties == 1 ? "" : "s");
    if (value->map.count > schema->max_properties)
        fault(faults, at, FAULT_TOO_MANY, "It may have %zu members at most.",
              schema->max_properties);
    for (const char *const *name = schema->required; name && *name; name++) {
        struct at here = {at, *name, 0};
        if (!json_get(value, *name))
            fault(faults, &here, FAULT_REQUIRED, "It must be there.");
    }
    for (size_t i = 0; i < value->map.count; i++) {
        const struct json_member *member = &value->map.members[i];
        const struct schema *known = property(schema, member->key);
        struct at here = {at, member->key, 0};
        if (known && known->read_only)
            fault(faults, &here, FAULT_READ_ONLY, "It can't be set by clients.");
        else if (known)
            check(known, &member->value, &here, faults);
        else if (schema->additional)
            check(schema->additional, &member->value, &here, faults);
        else if (schema->closed)
            fault(faults, &here, FAULT_UNKNOWN_MEMBER, "Only these are taken: %s.",
                  taken(schema, faults->arena));
    }
}

/* ---- alternatives ---- */

static void take_over(struct faults *to, const struct faults *from)
{
    for (size_t i = 0; i < from->count && to->count < FAULTS_MAX; i++) {
        if (!to->items)
            to->items = arena_array(to->arena, FAULTS_MAX, sizeof *to->items);
        to->items[to->count++] = from->items[i];
    }
    to->found += from->found;
}

/* The faults of an alternative help only when it is clear which one was meant. */
static void check_any_of(const struct schema *schema, const struct json *value, const struct at *at,
                         struct faults *faults)
{
    struct faults meant;
    size_t candidates = 0;
    for (const struct schema *const *one = schema->any_of; *one; one++) {
        if (!((*one)->types & types_of(value)))
            continue;
        candidates++;
        faults_init(&meant, faults->arena);
        check(*one, value, at, &meant);
        if (!meant.found)
            return;
    }
    if (candidates == 1)
        take_over(faults, &meant);
    else
        fault(faults, at, FAULT_NO_MATCH, "It fits none of the alternatives.");
}

static void check(const struct schema *schema, const struct json *value, const struct at *at,
                  struct faults *faults)
{
    if (!(schema->types & types_of(value))) {
        fault_type(schema, at, faults);
        return;
    }
    if (schema->enumeration)
        check_enumeration(schema, value, at, faults);
    if (value->type == JSON_TEXT)
        check_text(schema, value, at, faults);
    else if (value->type == JSON_INT || value->type == JSON_NUMBER)
        check_number(schema, value, at, faults);
    else if (value->type == JSON_LIST)
        check_list(schema, value, at, faults);
    else if (value->type == JSON_MAP)
        check_map(schema, value, at, faults);
    if (schema->any_of)
        check_any_of(schema, value, at, faults);
}

/* ---- ids ---- */

static void lower_members(const struct schema *schema, struct json *value, struct arena *arena)
{
    for (size_t i = 0; i < value->map.count; i++) {
        struct json_member *member = &value->map.members[i];
        const struct schema *known = property(schema, member->key);
        if (!known)
            known = schema->additional;
        if (known)
            validate_lower_ids(known, &member->value, arena);
    }
}

void validate_lower_ids(const struct schema *schema, struct json *value, struct arena *arena)
{
    if (schema->format == FORMAT_UUID)
        json_lower_id(arena, value);
    for (size_t i = 0; schema->items && value->type == JSON_LIST && i < value->list.count; i++)
        validate_lower_ids(schema->items, &value->list.items[i], arena);
    if (value->type == JSON_MAP)
        lower_members(schema, value, arena);
    for (const struct schema *const *one = schema->any_of; one && *one; one++)
        validate_lower_ids(*one, value, arena);
}

void validate_value(const struct schema *schema, const struct json *value, const char *pointer,
                    struct faults *faults)
{
    struct at root = {NULL, pointer, 0};
    check(schema, value, &root, faults);
}
