/* SPDX-License-Identifier: Apache-2.0 */
#include "verify_file.h"

#include "file.h"
#include "record.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define FILE_MAX ((size_t)256 * 1024 * 1024)
#define JWKS_MAX ((size_t)1024 * 1024)

static int unreadable(const char *path, const char *why)
{
    fprintf(stderr, "cohelm: %s: %s\n", path, why);
    return 2;
}

static void print_lines(const char *prefix, const char *lines)
{
    for (size_t len; *lines; lines += len + 1) {
        len = strcspn(lines, "\n");
        printf("%s%.*s\n", prefix, (int)len, lines);
    }
}

/* "2026-03-01T09:30:00Z" */
static const char *when(struct arena *arena, int64_t seconds)
{
    char text[32] = "";
    struct tm tm;
    time_t at = (time_t)seconds;
    if (gmtime_r(&at, &tm))
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return arena_strdup(arena, text);
}

static const char *signature_line(const struct record_check *check, bool keys)
{
    if (!check->has_signature)
        return "it has no signature, as records exported by earlier versions have none\n";
    if (!keys)
        return "its signature was not checked against a known key (--jwks)\n";
    return arena_printf(check->arena, "signed by %s on %s\n", check->issuer,
                        when(check->arena, check->signed_at));
}

static int verify(struct arena *arena, const char *path, const char *hash,
                  const struct key_set *keys, const char *prefix)
{
    size_t len = 0;
    const char *why = NULL;
    struct json record;
    struct json_error error;
    struct record_check check;
    const char *text = file_input(arena, path, FILE_MAX, &len, &why);
    if (!text) {
        fprintf(stderr, "cohelm: %s\n", why);
        return 2;
    }
    if (!json_read(arena, text, len, &record, &error))
        return unreadable(path, error.message);
    if (record.type != JSON_MAP)
        return unreadable(path, "this is no record of a decision");
    record_check_init(&check, arena, hash);
    record_check_trail(&check, &record);
    record_check_count(&check, &record);
    record_check_signature(&check, &record, keys);
    if (check.count) {
        print_lines(prefix, buf_cstr(&check.differences));
        return 1;
    }
    print_lines(prefix, check.hidden ? "verified, but for the count: fewer than three secret "
                                       "ballots were cast, which nobody may see\n"
                                     : "verified\n");
    print_lines(prefix, signature_line(&check, keys != NULL));
    return 0;
}

/* NULL, with a line on standard error: there are none to be had. */
static struct key_set *read_keys(struct arena *arena, const char *path)
{
    size_t len = 0;
    const char *why = NULL;
    struct key_set *keys = NULL;
    const char *text = file_input(arena, path, JWKS_MAX, &len, &why);
    if (!text) {
        fprintf(stderr, "cohelm: %s\n", why);
        return NULL;
    }
    keys = key_set_parse(arena, text, len, 1U << JWS_ES256, &why);
    if (!keys)
        (void)unreadable(path, why);
    return keys;
}

int verify_files(char **paths, int count, const char *hash, const char *jwks)
{
    struct arena arena;
    int worst = 0;
    arena_init(&arena);
    struct key_set *keys = jwks ? read_keys(&arena, jwks) : NULL;
    if (jwks && !keys)
        worst = 2;
    for (int i = 0; i < count && (keys || !jwks); i++) {
        const char *prefix = count > 1 ? arena_printf(&arena, "%s: ", paths[i]) : "";
        int status = verify(&arena, paths[i], hash, keys, prefix);
        worst = status > worst ? status : worst;
        arena_reset(&arena);
    }
    key_set_release(keys);
    arena_release(&arena);
    return worst;
}
