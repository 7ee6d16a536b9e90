/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas by hand, as the compiler of the contract would write them, for the tests of the
 * validator. Included once per program: it defines the table of patterns. */
#ifndef COHELM_TEST_SCHEMAS_H
#define COHELM_TEST_SCHEMAS_H

#include "validate.h"

const char *const patterns[] = {"^[a-z]+$", "[^ ]"};
const size_t pattern_count = 2;

#define ANY_NUMBER .minimum = INT64_MIN, .maximum = INT64_MAX
#define ANY_SIZE                                                                                   \
    .max_length = SIZE_MAX, .max_items = SIZE_MAX, .max_properties = SIZE_MAX, ANY_NUMBER

static const char *const colours[] = {"\"red\"", "\"gr\303\274n\"", "7", "null", NULL};
static const char *const one_kind[] = {"\"circle\"", NULL};

static const struct schema anything = {.types = TYPE_ANY, ANY_SIZE};
static const struct schema text = {.types = TYPE_STRING, ANY_SIZE};
static const struct schema word = {
    .types = TYPE_STRING, .min_length = 2, .max_length = 4, .pattern = "^[a-z]+$", ANY_NUMBER};
static const struct schema visible = {
    .types = TYPE_STRING, ANY_SIZE, .pattern = "[^ ]", .pattern_index = 1};
static const struct schema integer = {.types = TYPE_INTEGER, ANY_SIZE};
static const struct schema digit = {
    .types = TYPE_INTEGER, .minimum = 0, .maximum = 9, .max_length = SIZE_MAX};
static const struct schema number = {
    .types = TYPE_NUMBER, .minimum = -1, .maximum = 1, .max_length = SIZE_MAX};
static const struct schema boolean = {.types = TYPE_BOOLEAN, ANY_SIZE};
static const struct schema nothing = {.types = TYPE_NULL, ANY_SIZE};
static const struct schema uuid_or_null = {
    .types = TYPE_STRING | TYPE_NULL, .format = FORMAT_UUID, ANY_SIZE};
static const struct schema uuid = {.types = TYPE_STRING, .format = FORMAT_UUID, ANY_SIZE};
static const struct schema colour = {.types = TYPE_ANY, .enumeration = colours, ANY_SIZE};
static const struct schema circle = {.types = TYPE_ANY, .enumeration = one_kind, ANY_SIZE};
static const struct schema set = {.types = TYPE_ARRAY,
                                  .items = &integer,
                                  .unique_items = true,
                                  .min_items = 1,
                                  .max_items = 3,
                                  ANY_NUMBER};
static const struct schema read_only = {.types = TYPE_STRING, .read_only = true, ANY_SIZE};
static const struct schema_property team_properties[] = {
    {"id", &read_only}, {"name", &word}, {"rank", &digit}, {"tags", &set}};
static const char *const team_required[] = {"name", "rank", NULL};
static const struct schema team = {.types = TYPE_OBJECT,
                                   .properties = team_properties,
                                   .property_count = 4,
                                   .required = team_required,
                                   .closed = true,
                                   .max_length = SIZE_MAX,
                                   .min_properties = 1,
                                   .max_properties = 3,
                                   ANY_NUMBER};
static const struct schema counts = {.types = TYPE_OBJECT, .additional = &integer, ANY_SIZE};
static const struct schema open_map = {.types = TYPE_OBJECT, ANY_SIZE};
static const struct schema *const either[] = {&team, &set, &nothing, NULL};
static const struct schema team_or_set = {.types = TYPE_ANY, .any_of = either, ANY_SIZE};
static const struct schema *const both_texts[] = {&word, &uuid, NULL};
static const struct schema word_or_uuid = {.types = TYPE_ANY, .any_of = both_texts, ANY_SIZE};
static const struct schema tree;
static const struct schema forest = {.types = TYPE_ARRAY, .items = &tree, ANY_SIZE};
static const struct schema_property tree_properties[] = {{"a/b~c", &forest}};
static const struct schema tree = {.types = TYPE_OBJECT,
                                   .properties = tree_properties,
                                   .property_count = 1,
                                   .closed = true,
                                   ANY_SIZE};

static struct arena arena;

/* All faults as "pointer code" separated by commas. */
static const char *list_faults(const struct faults *faults)
{
    struct buf buf;
    buf_init(&buf, &arena, SIZE_MAX);
    for (size_t i = 0; i < faults->count; i++)
        buf_printf(&buf, "%s%s %s", i ? "," : "", faults->items[i].pointer, faults->items[i].code);
    return buf_cstr(&buf);
}

#endif
