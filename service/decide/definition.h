/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON documents of ours whose every fault is to be told: typed members with JSON pointers.
 * Private to decide/. */
#ifndef COHELM_DEFINITION_H
#define COHELM_DEFINITION_H

#include "../arena.h"
#include "../json.h"
#include "../problem.h"
#include "duration.h"

struct definition {
    struct arena *arena;
    struct faults *faults;
};

/* The pointer `base` + "/" + `key`, escaped (RFC 6901). */
const char *definition_at(struct definition *d, const char *base, const char *key);
const char *definition_item(struct definition *d, const char *base, size_t index);

/* True if `value` is a map; else a fault. NULL (absent) is the fault `required`. */
bool definition_map(struct definition *d, const struct json *value, const char *at);

/* The list, or an empty one with a fault when it is none; absent is a fault only if `required`. */
struct json definition_list(struct definition *d, const struct json *map, const char *base,
                            const char *key, bool required);

/* A fault for every member of `map` that `names` (NULL-terminated) does not have. */
void definition_known(struct definition *d, const struct json *map, const char *base,
                      const char *const *names);

/* Members of a map. Absent ones, and those of value null where that is said, give the default. */
const char *definition_text(struct definition *d, const struct json *map, const char *base,
                            const char *key, bool required);
const char *definition_key(struct definition *d, const struct json *map, const char *base,
                           const char *key);
bool definition_bool(struct definition *d, const struct json *map, const char *base,
                     const char *key, bool otherwise);
int64_t definition_int(struct definition *d, const struct json *map, const char *base,
                       const char *key, int64_t min, int64_t otherwise);

/* True if the member is a duration; absent and null are none. */
bool definition_duration(struct definition *d, const struct json *map, const char *base,
                         const char *key, struct duration *duration);

/* The index of a text in `names` (NULL-terminated), or -1 with a fault. */
int definition_one_of(struct definition *d, const struct json *value, const char *at,
                      const char *const *names);

#endif
