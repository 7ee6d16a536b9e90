/* SPDX-License-Identifier: Apache-2.0 */
#include "jws.h"
#include "record.h"

#include <string.h>

#define ES256_SIGNATURE_LEN 64 /* RFC 7518 section 3.4 */

void record_statement(struct arena *arena, const struct json *record, int64_t rows,
                      const char *head, const char *digest, struct buf *statement)
{
    struct json_writer w;
    buf_init(statement, arena, SIZE_MAX);
    jw_init(&w, statement);
    jw_map(&w);
    jw_key(&w, "organisation_id");
    jw_value(&w, json_get(record, "organisation_id"));
    jw_key(&w, "decision_id");
    jw_value(&w, json_get(record, "id"));
    jw_key(&w, "outcome");
    jw_value(&w, json_get(record, "outcome"));
    jw_key_int(&w, "rows", rows);
    jw_key_text(&w, "head", head);
    jw_key_text(&w, "digest", digest);
    jw_map_end(&w);
}

static void differs(struct record_check *check, const char *what)
{
    record_differs(check, "/signature", "it %s", what);
}

/* All that the statement must say, and nothing else but by whom and when. */
static void check_statement(struct record_check *check, const struct json *record,
                            const struct json *payload)
{
    struct json expected;
    struct json_error error;
    struct buf text;
    const char *digest = record_digest(check->arena, record);
    const struct json *trail = json_get(record, "trail");
    size_t rows = trail && trail->type == JSON_LIST ? trail->list.count : 0;
    const char *head = rows ? json_get_text(&trail->list.items[rows - 1], "hash") : NULL;
    record_statement(check->arena, record, (int64_t)rows, head, digest, &text);
    if (!json_read(check->arena, buf_cstr(&text), text.len, &expected, &error)) {
        differs(check, "can't be compared with what the record says");
        return;
    }
    for (size_t i = 0; i < expected.map.count; i++) {
        const struct json_member *member = &expected.map.members[i];
        const struct json *stated = json_get(payload, member->key);
        if (!stated || !json_same(stated, &member->value))
            differs(check, arena_printf(check->arena, "states another %s than the record has",
                                        member->key));
    }
    check->issuer = json_get_text(payload, "iss");
    check->signed_at = json_get_int(payload, "iat", -1);
    if (!check->issuer || check->signed_at < 0 || payload->map.count != expected.map.count + 2)
        differs(check, "does not state by whom and when, or more than that");
}

static void check_key(struct record_check *check, const struct jws *jws, const struct key_set *keys)
{
    const struct jwk *key = key_set_find(keys, JWS_ES256, jws->kid, 0);
    if (!key)
        differs(check, "names a key that is not among those given");
    else if (!jws_verify(jws, key))
        differs(check, "is not by the key that it names");
}

void record_check_signature(struct record_check *check, const struct json *record,
                            const struct key_set *keys)
{
    struct jws jws;
    const char *why = NULL;
    const struct json *signature = json_get(record, "signature");
    check->has_signature = signature != NULL;
    if (!signature && !keys)
        return;
    if (!signature || signature->type != JSON_TEXT) {
        differs(check, signature ? "is not a text" : "is missing");
        return;
    }
    if (!jws_read(check->arena, signature->text.data, signature->text.len, &jws, &why)) {
        differs(check, why);
        return;
    }
    if (jws.algorithm != JWS_ES256 || jws.signature_len != ES256_SIGNATURE_LEN || !jws.kid) {
        differs(check, "is not in the form of ES256 by a key with a name");
        return;
    }
    check_statement(check, record, &jws.payload);
    if (keys)
        check_key(check, &jws, keys);
}
