/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include "crypto.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What never changes again once a decision is closed. Names of people, teams and frameworks and the
 * status may. */
static const char *const sealed_members[] = {
    "id",           "organisation_id",
    "team_id",      "title",
    "text",         "proposer_id",
    "framework_id", "framework_key",
    "definition",   "framework_version",
    "secret",       "configuration",
    "phase",        "round",
    "revision",     "due_at",
    "opened_at",    "phase_started_at",
    "phase_due_at", "closed_at",
    "outcome",      "winners",
    "rationale",    "closed_by",
    "options",      "revisions",
    "stakeholders", "inputs",
    "ballots",      "count_report",
    "proxies",      "change_sets",
    "area_id",      "delegation",
    "follow_up_id",
};
#define SEALED_COUNT (sizeof sealed_members / sizeof *sealed_members)

/* What earlier seals do not cover, as no decision had such a thing. */
static bool came_later(const char *name)
{
    return strcmp(name, "area_id") == 0 || strcmp(name, "delegation") == 0 ||
           strcmp(name, "follow_up_id") == 0;
}

static const char *hash_bytes(struct arena *arena, const char *data, size_t len)
{
    unsigned char hash[SHA256_LEN];
    char *text = arena_alloc(arena, 2 * SHA256_LEN + 1);
    sha256(data, len, hash);
    hex_encode(hash, sizeof hash, text);
    return text;
}

static const char *hash_value(struct arena *arena, const struct json *value)
{
    struct arena scratch; /* a value may be a record of 50 MB */
    struct buf buf;
    arena_init(&scratch);
    buf_init(&buf, &scratch, SIZE_MAX);
    json_write_canonical(&buf, value);
    const char *hash = hash_bytes(arena, buf_cstr(&buf), buf.len);
    arena_release(&scratch);
    return hash;
}

/* The map without one member; the value itself when it is no map. */
static struct json without(struct arena *arena, const struct json *map, const char *key)
{
    struct json copy = *map;
    if (map->type != JSON_MAP)
        return copy;
    copy.map.members = arena_array(arena, map->map.count, sizeof *copy.map.members);
    copy.map.count = 0;
    for (size_t i = 0; i < map->map.count; i++)
        if (strcmp(map->map.members[i].key, key) != 0)
            copy.map.members[copy.map.count++] = map->map.members[i];
    return copy;
}

static struct json without_names(struct arena *arena, const struct json *list)
{
    struct json copy = *list;
    if (list->type != JSON_LIST)
        return copy;
    copy.list.items = arena_array(arena, list->list.count, sizeof *copy.list.items);
    for (size_t i = 0; i < list->list.count; i++)
        copy.list.items[i] = without(arena, &list->list.items[i], "display_name");
    return copy;
}

/* ---- lists in slices ---- */

const struct record_list *record_lists_find(const struct record_lists *lists, const char *name)
{
    for (size_t i = 0; i < lists->count; i++)
        if (strcmp(lists->items[i].name, name) == 0)
            return &lists->items[i];
    return NULL;
}

static bool read_slice(const struct record_list *list, const struct record_slice *slice,
                       struct arena *arena, struct json *items)
{
    struct buf text;
    struct json_error error;
    buf_init(&text, arena, SIZE_MAX);
    buf_char(&text, '[');
    buf_add(&text, list->text->data + slice->at, slice->len);
    buf_char(&text, ']');
    return json_read(arena, text.data, text.len, items, &error);
}

bool record_list_read(const struct record_list *list, struct arena *arena, struct json *value)
{
    *value = (struct json){.type = JSON_LIST};
    value->list.items = arena_array(arena, list->count, sizeof *value->list.items);
    for (const struct record_slice *slice = list->first; slice; slice = slice->next) {
        struct json items;
        if (!read_slice(list, slice, arena, &items))
            return false;
        memcpy(value->list.items + value->list.count, items.list.items,
               items.list.count * sizeof *items.list.items);
        value->list.count += items.list.count;
    }
    return true;
}

static void take_slice(struct record_walk *walk)
{
    const struct record_slice *slice = walk->slice;
    walk->item = NULL;
    if (!slice)
        return;
    arena_reset(&walk->arena);
    walk->slice = slice->next;
    walk->unreadable = !read_slice(walk->list, slice, &walk->arena, &walk->items);
    if (!walk->unreadable)
        walk->item = walk->items.list.items;
}

void record_walk_begin(struct record_walk *walk, const struct record_list *list)
{
    *walk = (struct record_walk){.list = list, .slice = list ? list->first : NULL};
    arena_init(&walk->arena);
    take_slice(walk);
}

void record_walk_next(struct record_walk *walk)
{
    if (walk->item && ++walk->item == walk->items.list.items + walk->items.list.count)
        take_slice(walk);
}

bool record_walk_end(struct record_walk *walk)
{
    arena_release(&walk->arena);
    return !walk->unreadable;
}

/* Adds the canonical text of the list. */
static bool hash_slices(struct sha256_run *run, const struct record_list *list, bool names)
{
    struct arena arena; /* of one slice, so that no more of the list is in memory as values */
    bool good = true;
    arena_init(&arena);
    sha256_add(run, "[", 1);
    for (const struct record_slice *slice = list->first; good && slice; slice = slice->next) {
        struct json items;
        struct buf buf;
        arena_reset(&arena);
        buf_init(&buf, &arena, SIZE_MAX);
        good = read_slice(list, slice, &arena, &items);
        if (!good)
            break;
        if (!names)
            items = without_names(&arena, &items);
        json_write_canonical(&buf, &items);
        if (slice != list->first)
            sha256_add(run, ",", 1);
        sha256_add(run, buf.data + 1, buf.len - 2);
    }
    sha256_add(run, "]", 1);
    arena_release(&arena);
    return good;
}

static const char *end_hash(struct arena *arena, struct sha256_run *run)
{
    unsigned char hash[SHA256_LEN];
    char *text = arena_alloc(arena, 2 * SHA256_LEN + 1);
    sha256_end(run, hash);
    hex_encode(hash, sizeof hash, text);
    return text;
}

static const char *hash_list(struct arena *arena, const struct record_list *list)
{
    struct sha256_run *run = sha256_begin();
    bool good = hash_slices(run, list, false);
    const char *hash = end_hash(arena, run);
    return good ? hash : NULL;
}

/* ---- the seal, as it is made ---- */

static const char *hash_member(struct arena *arena, const struct json *record, const char *name)
{
    static const struct json nothing = {.type = JSON_NULL_VALUE};
    const struct json *value = json_get(record, name);
    struct json bare = without_names(arena, value ? value : &nothing);
    return hash_value(arena, &bare);
}

bool record_seal(struct arena *arena, const struct json *record, const struct record_lists *lists,
                 const char *report, struct buf *seal)
{
    struct json_writer w;
    jw_init(&w, seal);
    jw_map(&w);
    jw_key(&w, "members");
    jw_map(&w);
    for (size_t i = 0; i < SEALED_COUNT; i++) {
        const struct record_list *list = record_lists_find(lists, sealed_members[i]);
        const char *hash =
            list ? hash_list(arena, list) : hash_member(arena, record, sealed_members[i]);
        if (!hash)
            return false;
        jw_key_text(&w, sealed_members[i], hash);
    }
    jw_map_end(&w);
    /* of a report that may not be shown not even this: so few ballots could be guessed from it */
    bool shown = json_get(record, "count_report") != NULL &&
                 json_get(record, "count_report")->type == JSON_MAP;
    jw_key_text(&w, "count_report", shown ? hash_bytes(arena, report, strlen(report)) : NULL);
    jw_map_end(&w);
    return true;
}

/* ---- the digest ---- */

const char *record_digest(struct arena *arena, const struct json *record)
{
    struct json bare = without(arena, record, "digest");
    for (size_t i = 0; bare.type == JSON_MAP && i < bare.map.count; i++)
        if (strcmp(bare.map.members[i].key, "signature") == 0)
            bare.map.members[i].value = (struct json){.type = JSON_NULL_VALUE};
    return hash_value(arena, &bare);
}

static int compare_members(const void *a, const void *b)
{
    const struct json_member *x = a, *y = b;
    return strcmp(x->key, y->key);
}

static bool hash_sorted(struct sha256_run *run, const struct json_member *members, size_t count,
                        const struct record_lists *lists)
{
    struct arena arena;
    bool good = true;
    arena_init(&arena);
    for (size_t i = 0; good && i < count; i++) {
        const struct record_list *list = record_lists_find(lists, members[i].key);
        struct buf buf;
        buf_init(&buf, &arena, SIZE_MAX);
        buf_char(&buf, i ? ',' : '{');
        buf_json_string(&buf, members[i].key, members[i].key_len);
        buf_char(&buf, ':');
        if (!list)
            json_write_canonical(&buf, &members[i].value);
        sha256_add(run, buf.data, buf.len);
        good = !list || hash_slices(run, list, true);
    }
    sha256_add(run, "}", 1);
    arena_release(&arena);
    return good;
}

const char *record_digest_of_lists(struct arena *arena, const struct json *facts,
                                   const struct record_lists *lists)
{
    size_t count = facts->map.count;
    struct json_member *members = arena_array(arena, count, sizeof *members);
    memcpy(members, facts->map.members, count * sizeof *members);
    qsort(members, count, sizeof *members, compare_members);
    struct sha256_run *run = sha256_begin();
    bool good = hash_sorted(run, members, count, lists);
    const char *digest = end_hash(arena, run);
    return good ? digest : NULL;
}

/* ---- what a check finds ---- */

void record_check_init(struct record_check *check, struct arena *arena, const char *known)
{
    *check = (struct record_check){.arena = arena, .known = known};
    buf_init(&check->differences, arena, SIZE_MAX);
}

void record_differs(struct record_check *check, const char *pointer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_printf(&check->differences, "%s: %s\n", pointer, arena_vprintf(check->arena, format, args));
    va_end(args);
    check->count++;
}

/* ---- the chain ---- */

static bool read_hash(const struct json *link, const char *name, unsigned char hash[SHA256_LEN])
{
    static const char digits[] = "0123456789abcdef";
    const char *text = json_get_text(link, name);
    if (!text || strlen(text) != 2 * SHA256_LEN || strspn(text, digits) != 2 * SHA256_LEN)
        return false;
    for (size_t i = 0; i < SHA256_LEN; i++)
        hash[i] = (unsigned char)((strchr(digits, text[2 * i]) - digits) << 4 |
                                  (strchr(digits, text[2 * i + 1]) - digits));
    return true;
}

struct chain {
    unsigned char hash[SHA256_LEN]; /* of the link before */
    size_t len;                     /* of that hash: 0 before the first */
    const char *decision;           /* whose it is */
    struct json seal;               /* of the last row that seals */
    bool sealed;
    bool known; /* a row has the hash that is known */
};

/* What the content of a row says: it is about this decision, and perhaps it is the seal. */
static void read_content(struct record_check *check, const char *pointer, const char *content,
                         struct chain *chain)
{
    struct json row;
    struct json_error error;
    if (!json_read(check->arena, content, strlen(content), &row, &error)) {
        record_differs(check, pointer, "the content is no JSON: %s", error.message);
        return;
    }
    if (!chain->decision || !json_is_text(json_get(&row, "resource_id"), chain->decision))
        record_differs(check, pointer, "the row is not about this decision");
    const struct json *data = json_get(&row, "data");
    if (json_is_text(json_get(&row, "action"), "decision.sealed") && data) {
        chain->seal = *data;
        chain->sealed = true;
    }
}

static void check_link(struct record_check *check, const struct json *link, size_t index,
                       struct chain *chain)
{
    const char *pointer = arena_printf(check->arena, "/trail/%zu", index);
    const char *content = json_get_text(link, "content");
    unsigned char digest[SHA256_LEN], hash[SHA256_LEN], sum[SHA256_LEN], both[2 * SHA256_LEN];
    if (!json_get(link, "content"))
        record_differs(check, pointer, "it has no content, not even null");
    if (json_get_int(link, "number", 0) != (int64_t)index + 1)
        record_differs(check, pointer, "the rows are not numbered without a gap from 1");
    if (!read_hash(link, "digest", digest) || !read_hash(link, "hash", hash)) {
        record_differs(check, pointer, "digest and hash must be 64 hexadecimal digits");
        return;
    }
    if (content) {
        sha256(content, strlen(content), sum);
        if (memcmp(sum, digest, sizeof sum) != 0)
            record_differs(check, pointer, "the content does not have this digest");
        read_content(check, pointer, content, chain);
    }
    memcpy(both, chain->hash, chain->len);
    memcpy(both + chain->len, digest, sizeof digest);
    sha256(both, chain->len + sizeof digest, sum);
    if (memcmp(sum, hash, sizeof sum) != 0)
        record_differs(check, pointer, "the hash does not follow from the row before and this one");
    if (check->known && strcmp(check->known, json_get_text(link, "hash")) == 0)
        chain->known = true;
    memcpy(chain->hash, hash, sizeof hash);
    chain->len = sizeof hash;
}

/* ---- the seal ---- */

/* Seals made before decisions could be continued do not cover this, and then it says nothing. */
static void check_seal(struct record_check *check, const struct json *record,
                       const struct json *seal)
{
    const struct json *members = json_get(seal, "members");
    for (size_t i = 0; i < SEALED_COUNT; i++) {
        const char *name = sealed_members[i];
        const struct json *hash = json_get(members, name);
        const char *pointer = arena_printf(check->arena, "/%s", name);
        const struct json *value = json_get(record, name);
        if (!hash && came_later(name) && (!value || value->type == JSON_NULL_VALUE))
            continue;
        if (!value)
            record_differs(check, pointer, "it is missing");
        else if (!hash)
            record_differs(check, pointer, "the seal does not cover it");
        else if (!json_is_text(hash, hash_member(check->arena, record, name)))
            record_differs(check, pointer, "it is not what was sealed when the decision closed");
    }
}

void record_check_trail(struct record_check *check, const struct json *record)
{
    const struct json *trail = json_get(record, "trail");
    struct chain chain = {.decision = json_get_text(record, "id")};
    if (!json_is_text(json_get(record, "digest"), record_digest(check->arena, record)))
        record_differs(check, "/digest", "the document is not the one that was exported");
    if (!trail || trail->type != JSON_LIST) {
        record_differs(check, "/trail", "there is no trail to check");
        return;
    }
    for (size_t i = 0; i < trail->list.count; i++)
        check_link(check, &trail->list.items[i], i, &chain);
    if (check->known && !chain.known)
        record_differs(check, "/trail", "no row has the hash %s", check->known);
    if (chain.sealed)
        check_seal(check, record, &chain.seal);
    else
        record_differs(check, "/trail", "no row seals the facts: the decision is not closed");
}
