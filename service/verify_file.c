/* SPDX-License-Identifier: Apache-2.0 */
#include "verify_file.h"

#include "file.h"
#include "record.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)256 * 1024 * 1024)

static int unreadable(const char *path, const char *why)
{
    fprintf(stderr, "cohelm: %s: %s\n", path, why);
    return 2;
}

static void print_differences(const char *prefix, const char *lines)
{
    for (size_t len; *lines; lines += len + 1) {
        len = strcspn(lines, "\n");
        printf("%s%.*s\n", prefix, (int)len, lines);
    }
}

static int verify(struct arena *arena, const char *path, const char *known, const char *prefix)
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
    record_check_init(&check, arena, known);
    record_check_trail(&check, &record);
    record_check_count(&check, &record);
    print_differences(prefix, check.count ? buf_cstr(&check.differences)
                              : check.hidden
                                  ? "verified, but for the count: fewer than three secret "
                                    "ballots were cast, which nobody may see\n"
                                  : "verified\n");
    return check.count ? 1 : 0;
}

int verify_files(char **paths, int count, const char *known)
{
    struct arena arena;
    int worst = 0;
    arena_init(&arena);
    for (int i = 0; i < count; i++) {
        const char *prefix = count > 1 ? arena_printf(&arena, "%s: ", paths[i]) : "";
        int status = verify(&arena, paths[i], known, prefix);
        worst = status > worst ? status : worst;
        arena_reset(&arena);
    }
    arena_release(&arena);
    return worst;
}
