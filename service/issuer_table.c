/* SPDX-License-Identifier: Apache-2.0 */
#include "issuer_table.h"

#include "fetch.h"
#include "file.h"
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)256 * 1024)
#define NAME_MAX_LEN 512

/* What is being read; a fault is told with the place where it is. */
struct reader {
    struct arena *arena; /* of the fault */
    struct issuer_table *table;
    const char *file;
    const char *place;
    const char **why;
};

static bool fault(struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fault(struct reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(reader->arena, format, args);
    va_end(args);
    *reader->why = arena_printf(reader->arena, "%s: %s", reader->place, text);
    return false;
}

/* A misspelt member must not be ignored: it may be the one that restricts. */
static bool only_members(struct reader *reader, const struct json *map, const char *const *names)
{
    for (size_t i = 0; i < map->map.count; i++) {
        const char *const *name = names;
        while (*name && strcmp(*name, map->map.members[i].key) != 0)
            name++;
        if (!*name)
            return fault(reader, "there is no setting \"%s\"", map->map.members[i].key);
    }
    return true;
}

/* An absent member gives NULL; one that is no text, or empty, is a fault. */
static bool read_text(struct reader *reader, const struct json *map, const char *name,
                      const char **out)
{
    const struct json *value = json_get(map, name);
    *out = NULL;
    if (!value)
        return true;
    if (value->type != JSON_TEXT || !value->text.len)
        return fault(reader, "%s must be a text", name);
    *out = arena_strdup(&reader->table->arena, value->text.data);
    return true;
}

static bool read_flag(struct reader *reader, const struct json *map, const char *name, bool *out)
{
    const struct json *value = json_get(map, name);
    if (value && value->type != JSON_BOOLEAN)
        return fault(reader, "%s must be true or false", name);
    *out = value && value->boolean;
    return true;
}

static bool read_audiences(struct reader *reader, const struct json *map, struct issuer *issuer)
{
    const struct json *list = json_get(map, "audiences");
    if (!list || list->type != JSON_LIST || !list->list.count)
        return fault(reader, "audiences are missing; a token for anybody would be accepted");
    const char **texts = arena_array(&reader->table->arena, list->list.count, sizeof *texts);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct json *item = &list->list.items[i];
        if (item->type != JSON_TEXT || !item->text.len)
            return fault(reader, "audiences must be a list of texts");
        texts[i] = arena_strdup(&reader->table->arena, item->text.data);
    }
    issuer->audiences = texts;
    issuer->audience_count = list->list.count;
    return true;
}

static bool read_algorithms(struct reader *reader, const struct json *map, struct issuer *issuer)
{
    const struct json *list = json_get(map, "algorithms");
    if (!list || list->type != JSON_LIST || !list->list.count)
        return fault(reader, "algorithms are missing");
    for (size_t i = 0; i < list->list.count; i++) {
        const struct json *item = &list->list.items[i];
        enum jws_algorithm algorithm = JWS_ALGORITHMS;
        if (item->type != JSON_TEXT || !jws_algorithm_find(item->text.data, &algorithm))
            return fault(reader, "\"%s\" is no algorithm known here",
                         item->type == JSON_TEXT ? item->text.data : "?");
        issuer->algorithms |= 1U << algorithm;
    }
    if (issuer->algorithms & JWS_SYMMETRIC && issuer->algorithms & ~JWS_SYMMETRIC)
        return fault(reader, "algorithms mix shared secrets (HS…) with public keys; whoever knows "
                             "the public key could make tokens");
    return true;
}

static bool read_claims(struct reader *reader, const struct json *map, struct issuer *issuer)
{
    static const char *const names[] = {"email", "name", "groups", "scope", "organisation", NULL};
    const char **const out[] = {&issuer->claims.email, &issuer->claims.name, &issuer->claims.groups,
                                &issuer->claims.scope, &issuer->claims.organisation};
    const struct json *claims = json_get(map, "claims");
    if (claims && claims->type != JSON_MAP)
        return fault(reader, "claims must be an object");
    if (claims && !only_members(reader, claims, names))
        return false;
    for (size_t i = 0; names[i]; i++) {
        const struct json *value = json_get(claims, names[i]);
        if (value && value->type == JSON_NULL_VALUE)
            continue;
        if (!read_text(reader, claims, names[i], out[i]))
            return false;
        if (!*out[i])
            *out[i] = names[i];
    }
    return true;
}

/* A file name is relative to the configuration file. */
static char *read_key_file(struct reader *reader, const char *name, size_t *len)
{
    const char *slash = strrchr(reader->file, '/');
    const char *path = name;
    if (*name != '/' && slash)
        path =
            arena_printf(reader->arena, "%.*s/%s", (int)(slash - reader->file), reader->file, name);
    const char *why = NULL;
    char *data = file_read(reader->arena, path, FILE_MAX, len, &why);
    if (!data)
        (void)fault(reader, "%s", why);
    return data;
}

static bool read_secret(struct reader *reader, struct issuer_source *source, const char *name)
{
    if (source->issuer.algorithms & ~JWS_SYMMETRIC)
        return fault(reader, "secret_file goes with HS256, HS384 and HS512 only");
    size_t len = 0;
    char *data = read_key_file(reader, name, &len);
    if (!data)
        return false;
    size_t read = len;
    if (len && data[len - 1] == '\n')
        len--;
    if (len && data[len - 1] == '\r')
        len--;
    const char *why = NULL;
    source->keys = key_set_from_secret(data, len, source->issuer.algorithms, &why);
    bytes_wipe(data, read);
    return source->keys || fault(reader, "secret_file: %s", why);
}

static bool read_jwks(struct reader *reader, struct issuer_source *source, const char *name)
{
    size_t len = 0;
    const char *data = read_key_file(reader, name, &len);
    if (!data)
        return false;
    const char *why = NULL;
    source->keys = key_set_parse(reader->arena, data, len, source->issuer.algorithms, &why);
    return source->keys || fault(reader, "jwks_file: %s", why);
}

static bool read_keys(struct reader *reader, const struct json *map, struct issuer_source *source)
{
    const char *file = NULL, *secret = NULL, *why = NULL;
    if (!read_flag(reader, map, "allow_private", &source->allow_private) ||
        !read_text(reader, map, "jwks_url", &source->jwks_url) ||
        !read_text(reader, map, "jwks_file", &file) ||
        !read_text(reader, map, "secret_file", &secret))
        return false;
    if (!!source->jwks_url + !!file + !!secret != 1)
        return fault(reader, "exactly one of jwks_url, jwks_file and secret_file is needed");
    if (secret)
        return read_secret(reader, source, secret);
    if (file)
        return read_jwks(reader, source, file);
    if (source->issuer.algorithms & JWS_SYMMETRIC)
        return fault(reader, "jwks_url doesn't go with HS…: a published secret is none");
    return fetch_url_is_fine(source->jwks_url, source->allow_private, &why) ||
           fault(reader, "jwks_url: %s", why);
}

static bool is_new(const struct issuer_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->sources[i].issuer.issuer, name) == 0)
            return false;
    return true;
}

static bool read_issuer(struct reader *reader, const struct json *map)
{
    static const char *const names[] = {"issuer",    "audiences",   "algorithms",    "jwks_url",
                                        "jwks_file", "secret_file", "allow_private", "at_jwt_only",
                                        "claims",    NULL};
    struct issuer_source *source = &reader->table->sources[reader->table->count];
    struct issuer *issuer = &source->issuer;
    if (map->type != JSON_MAP)
        return fault(reader, "an issuer must be an object");
    if (!read_text(reader, map, "issuer", &issuer->issuer))
        return false;
    if (!issuer->issuer || strlen(issuer->issuer) > NAME_MAX_LEN)
        return fault(reader, "issuer, a text of at most %d bytes, is missing", NAME_MAX_LEN);
    reader->place = arena_printf(reader->arena, "%s: %s", reader->file, issuer->issuer);
    if (!is_new(reader->table, issuer->issuer))
        return fault(reader, "there are two issuers of that name");
    reader->table->count++; /* from here on, its keys are given back with the table */
    return only_members(reader, map, names) && read_audiences(reader, map, issuer) &&
           read_algorithms(reader, map, issuer) &&
           read_flag(reader, map, "at_jwt_only", &issuer->at_jwt_only) &&
           read_claims(reader, map, issuer) && read_keys(reader, map, source);
}

static void add_builtin(struct issuer_table *table, const struct issuers_options *options)
{
    struct issuer_source *source = &table->sources[table->count++];
    const char **audience = arena_array(&table->arena, 1, sizeof *audience);
    *audience = arena_strdup(&table->arena, options->builtin_audience);
    source->keys = key_set_hold(options->builtin_keys);
    source->issuer = (struct issuer){
        .issuer = arena_strdup(&table->arena, options->builtin_issuer),
        .audiences = audience,
        .audience_count = 1,
        .algorithms = 1U << JWS_ES256,
        .builtin = true,
        .claims = {.email = "email",
                   .name = "name",
                   .scope = "scope",
                   .organisation = "organisation"},
    };
}

static bool read_file(struct reader *reader, struct json *root, const struct json **list)
{
    static const char *const names[] = {"issuers", NULL};
    struct json_error error;
    size_t len = 0;
    const char *text = file_read(reader->arena, reader->file, FILE_MAX, &len, reader->why);
    if (!text)
        return false;
    if (!json_read(reader->arena, text, len, root, &error))
        return fault(reader, "%s", error.message);
    *list = json_get(root, "issuers");
    if (!*list || (*list)->type != JSON_LIST)
        return fault(reader, "it must be an object with a list of issuers");
    return only_members(reader, root, names);
}

static bool read_table(struct reader *reader, const struct issuers_options *options)
{
    struct issuer_table *table = reader->table;
    struct json root;
    const struct json *list = NULL;
    if (reader->file && !read_file(reader, &root, &list))
        return false;
    size_t count = list ? list->list.count : 0;
    table->sources = arena_array(&table->arena, count + 1, sizeof *table->sources);
    if (options->builtin_issuer)
        add_builtin(table, options);
    for (size_t i = 0; i < count; i++) {
        reader->place = arena_printf(reader->arena, "%s: issuer %zu", reader->file, i + 1);
        if (!read_issuer(reader, &list->list.items[i]))
            return false;
    }
    reader->place = "issuers";
    return table->count || fault(reader, "there are none, so nobody could sign in");
}

struct issuer_table *issuer_table_read(struct arena *arena, const struct issuers_options *options,
                                       const char **why)
{
    struct issuer_table *table = calloc(1, sizeof *table);
    if (!table) {
        *why = "out of memory";
        return NULL;
    }
    atomic_init(&table->holders, 1);
    arena_init(&table->arena);
    struct reader reader = {
        .arena = arena, .table = table, .file = options->file, .place = options->file, .why = why};
    if (read_table(&reader, options))
        return table;
    issuer_table_release(table);
    return NULL;
}

struct issuer_table *issuer_table_hold(struct issuer_table *table)
{
    atomic_fetch_add(&table->holders, 1);
    return table;
}

void issuer_table_release(struct issuer_table *table)
{
    if (!table || atomic_fetch_sub(&table->holders, 1) > 1)
        return;
    for (size_t i = 0; i < table->count; i++)
        key_set_release(table->sources[i].keys);
    arena_release(&table->arena);
    free(table);
}
