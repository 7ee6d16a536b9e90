/* SPDX-License-Identifier: Apache-2.0 */
#include "cursor.h"

#include "buf.h"
#include "crypto.h"
#include "json.h"

#include <string.h>

#define TAG_LEN 16 /* of HMAC-SHA-256, cut to 128 bits (RFC 2104 section 5) */
#define CURSOR_MAX 2048

static void make_tag(struct arena *arena, const struct mac_key *key, const char *scope,
                     const char *payload, size_t len, unsigned char tag[SHA256_LEN])
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    buf_add(&buf, scope, strlen(scope) + 1);
    buf_add(&buf, payload, len);
    mac_key_tag(key, buf.data, buf.len, tag);
}

const char *cursor_make(struct arena *arena, const struct mac_key *key, const char *scope,
                        const char *const *parts, size_t count)
{
    struct buf payload;
    struct json_writer w;
    buf_init(&payload, arena, SIZE_MAX);
    jw_init(&w, &payload);
    jw_list(&w);
    for (size_t i = 0; i < count; i++)
        jw_text(&w, parts[i]);
    jw_list_end(&w);

    unsigned char tag[SHA256_LEN];
    make_tag(arena, key, scope, payload.data, payload.len, tag);
    char *bytes = arena_alloc(arena, TAG_LEN + payload.len);
    memcpy(bytes, tag, TAG_LEN);
    memcpy(bytes + TAG_LEN, payload.data, payload.len);
    char *text = arena_alloc(arena, BASE64URL_LEN(TAG_LEN + payload.len) + 1);
    base64url_encode(bytes, TAG_LEN + payload.len, text);
    return text;
}

static bool read_parts(struct arena *arena, const char *payload, size_t len, const char **parts,
                       size_t *count)
{
    struct json list;
    struct json_error error;
    if (!json_read(arena, payload, len, &list, &error) || list.type != JSON_LIST ||
        list.list.count > CURSOR_PARTS_MAX)
        return false;
    *count = list.list.count;
    for (size_t i = 0; i < *count; i++)
        parts[i] = list.list.items[i].type == JSON_TEXT ? list.list.items[i].text.data : NULL;
    return true;
}

bool cursor_read(struct arena *arena, const struct mac_key *key, const char *scope,
                 const char *text, const char **parts, size_t *count)
{
    size_t text_len = strlen(text);
    if (text_len > CURSOR_MAX)
        return false;
    unsigned char *bytes = arena_alloc(arena, BASE64URL_BYTES(text_len));
    size_t len = 0;
    if (!base64url_decode(text, text_len, bytes, &len) || len <= TAG_LEN)
        return false;
    unsigned char tag[SHA256_LEN];
    const char *payload = (const char *)bytes + TAG_LEN;
    make_tag(arena, key, scope, payload, len - TAG_LEN, tag);
    return bytes_equal_constant_time(tag, bytes, TAG_LEN) &&
           read_parts(arena, payload, len - TAG_LEN, parts, count);
}
