/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors. An input that begins with 'p' is up to four parts and a scope, parted by NUL: what is
 * made of them reads back the same, for this scope and key only, and no byte of it can be changed.
 * Any other input is the text of a cursor, which nobody can make without the key. */
#include "check.h"

#include "crypto.h"
#include "cursor.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct mac_key *key, *other_key;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    unsigned char bytes[2][32];
    must(random_bytes(bytes, sizeof bytes), "no random bytes");
    key = mac_key_new(bytes[0], sizeof bytes[0]);
    other_key = mac_key_new(bytes[1], sizeof bytes[1]);
    return 0;
}

static void check_made(struct arena *arena, const char *text, const char *scope,
                       const char *const *parts, size_t count)
{
    const char *read[CURSOR_PARTS_MAX];
    size_t read_count = 0;
    if (!cursor_read(arena, key, scope, text, read, &read_count)) {
        must(strlen(text) > 2048, "a cursor does not read back");
        return;
    }
    must(read_count == count, "parts were lost");
    for (size_t i = 0; i < count; i++)
        must(strcmp(read[i], parts[i]) == 0, "a part has changed");
    must(!cursor_read(arena, other_key, scope, text, read, &read_count), "good with another key");
    must(!cursor_read(arena, key, arena_printf(arena, "%s\n", scope), text, read, &read_count),
         "good for another scope");
    char *changed = arena_strdup(arena, text);
    for (size_t i = 0; i < strlen(text); i += 7) {
        char kept = changed[i];
        changed[i] = kept == 'A' ? 'B' : 'A';
        must(!cursor_read(arena, key, scope, changed, read, &read_count), "good when changed");
        changed[i] = kept;
    }
}

static void make(struct arena *arena, const char *data, size_t size)
{
    const char *parts[CURSOR_PARTS_MAX + 1];
    size_t count = 0;
    const char *rest = arena_strndup(arena, data, size), *end = rest + size;
    while (rest <= end && count <= CURSOR_PARTS_MAX) {
        parts[count++] = rest;
        rest += strlen(rest) + 1;
    }
    const char *scope = parts[--count];
    struct json ignored;
    struct json_error error;
    struct buf buf;
    struct json_writer w;
    for (size_t i = 0; i < count; i++) { /* the database gives UTF-8, so the rest can't come */
        buf_init(&buf, arena, SIZE_MAX);
        jw_init(&w, &buf);
        jw_text(&w, parts[i]);
        if (!json_read(arena, buf.data, buf.len, &ignored, &error))
            return;
    }
    check_made(arena, cursor_make(arena, key, scope, parts, count), scope, parts, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *parts[CURSOR_PARTS_MAX];
    size_t count = 0;
    struct arena arena;
    arena_init(&arena);
    if (size && *data == 'p')
        make(&arena, (const char *)data + 1, size - 1);
    else
        must(!cursor_read(&arena, key, "", arena_strndup(&arena, (const char *)data, size), parts,
                          &count),
             "a cursor was forged");
    arena_release(&arena);
    return 0;
}
