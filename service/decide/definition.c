/* SPDX-License-Identifier: Apache-2.0 */
#include "definition.h"

#include <string.h>

#define KEY_MAX 64
#define TEXT_MAX 2000
#define INT_LARGEST INT64_C(1000000000)

const char *definition_at(struct definition *d, const char *base, const char *key)
{
    struct buf buf;
    buf_init(&buf, d->arena, SIZE_MAX);
    buf_text(&buf, base);
    buf_char(&buf, '/');
    for (const char *c = key; *c; c++) {
        if (*c == '~')
            buf_text(&buf, "~0");
        else if (*c == '/')
            buf_text(&buf, "~1");
        else
            buf_char(&buf, *c);
    }
    return buf_cstr(&buf);
}

const char *definition_item(struct definition *d, const char *base, size_t index)
{
    return arena_printf(d->arena, "%s/%zu", base, index);
}

bool definition_map(struct definition *d, const struct json *value, const char *at)
{
    if (value && value->type == JSON_MAP)
        return true;
    if (!value)
        faults_add(d->faults, at, FAULT_REQUIRED, "It must be there.");
    else
        faults_add(d->faults, at, FAULT_TYPE, "It must be an object.");
    return false;
}

/* The member, or NULL (and a fault, if it is required) when it is absent. */
static const struct json *member(struct definition *d, const struct json *map, const char *base,
                                 const char *key, bool required)
{
    const struct json *value = json_get(map, key);
    if (!value && required)
        faults_add(d->faults, definition_at(d, base, key), FAULT_REQUIRED, "It must be there.");
    return value;
}

struct json definition_list(struct definition *d, const struct json *map, const char *base,
                            const char *key, bool required)
{
    struct json none = {.type = JSON_LIST};
    const struct json *value = member(d, map, base, key, required);
    if (value && value->type == JSON_LIST)
        return *value;
    if (value)
        faults_add(d->faults, definition_at(d, base, key), FAULT_TYPE, "It must be a list.");
    return none;
}

static const char *joined(struct arena *arena, const char *const *names)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    for (; *names; names++)
        buf_printf(&buf, "%s%s", buf.len ? ", " : "", *names);
    return buf_cstr(&buf);
}

void definition_known(struct definition *d, const struct json *map, const char *base,
                      const char *const *names)
{
    for (size_t i = 0; i < map->map.count; i++) {
        const char *const *name = names;
        while (*name && strcmp(*name, map->map.members[i].key) != 0)
            name++;
        if (!*name)
            faults_add(d->faults, definition_at(d, base, map->map.members[i].key),
                       FAULT_UNKNOWN_MEMBER, "Only these are taken: %s.", joined(d->arena, names));
    }
}

const char *definition_text(struct definition *d, const struct json *map, const char *base,
                            const char *key, bool required)
{
    const struct json *value = member(d, map, base, key, required);
    if (!value)
        return NULL;
    const char *at = definition_at(d, base, key);
    if (value->type != JSON_TEXT)
        faults_add(d->faults, at, FAULT_TYPE, "It must be a text.");
    else if (required && !value->text.len)
        faults_add(d->faults, at, FAULT_TOO_SHORT, "It may not be empty.");
    else if (value->text.len > TEXT_MAX)
        faults_add(d->faults, at, FAULT_TOO_LONG, "It may have %d bytes.", TEXT_MAX);
    else
        return value->text.data;
    return NULL;
}

const char *definition_key(struct definition *d, const struct json *map, const char *base,
                           const char *key)
{
    const char *text = definition_text(d, map, base, key, true);
    if (!text)
        return NULL;
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (text[len] || text[0] < 'a' || len > KEY_MAX) {
        faults_add(d->faults, definition_at(d, base, key), FAULT_PATTERN,
                   "A key is up to %d small letters, digits and _, and begins with a letter.",
                   KEY_MAX);
        return NULL;
    }
    return text;
}

bool definition_bool(struct definition *d, const struct json *map, const char *base,
                     const char *key, bool otherwise)
{
    const struct json *value = json_get(map, key);
    if (value && value->type != JSON_BOOLEAN)
        faults_add(d->faults, definition_at(d, base, key), FAULT_TYPE, "It must be true or false.");
    return value && value->type == JSON_BOOLEAN ? value->boolean : otherwise;
}

int64_t definition_int(struct definition *d, const struct json *map, const char *base,
                       const char *key, int64_t min, int64_t otherwise)
{
    const struct json *value = json_get(map, key);
    if (!value)
        return otherwise;
    const char *at = definition_at(d, base, key);
    if (value->type != JSON_INT)
        faults_add(d->faults, at, FAULT_TYPE, "It must be a whole number.");
    else if (value->integer < min)
        faults_add(d->faults, at, FAULT_TOO_SMALL, "It must be at least %lld.", (long long)min);
    else if (value->integer > INT_LARGEST)
        faults_add(d->faults, at, FAULT_TOO_LARGE, "It may be at most %lld.",
                   (long long)INT_LARGEST);
    else
        return value->integer;
    return otherwise;
}

bool definition_duration(struct definition *d, const struct json *map, const char *base,
                         const char *key, struct duration *duration)
{
    const struct json *value = json_get(map, key);
    if (!value || value->type == JSON_NULL_VALUE)
        return false;
    if (value->type == JSON_TEXT && duration_read(value->text.data, value->text.len, duration))
        return true;
    faults_add(d->faults, definition_at(d, base, key), FAULT_DURATION,
               "It must be an ISO 8601 duration such as P3D or PT36H, or null.");
    return false;
}

int definition_one_of(struct definition *d, const struct json *value, const char *at,
                      const char *const *names)
{
    struct buf list;
    buf_init(&list, d->arena, SIZE_MAX);
    for (int i = 0; names[i]; i++) {
        if (json_is_text(value, names[i]))
            return i;
        buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    faults_add(d->faults, at, value->type == JSON_TEXT ? FAULT_ENUM : FAULT_TYPE,
               "It must be one of: %s.", buf_cstr(&list));
    return -1;
}
