/* SPDX-License-Identifier: Apache-2.0 */
#include "jws.h"

#include "crypto.h"

#include <string.h>

struct part {
    const char *text;
    size_t len;
};

static bool refuse(const char **why, const char *text)
{
    *why = text;
    return false;
}

static bool split(const char *text, size_t len, struct part parts[3])
{
    size_t start = 0;
    for (int i = 0; i < 3; i++) {
        const char *dot = memchr(text + start, '.', len - start);
        size_t end = dot ? (size_t)(dot - text) : len;
        if (end == start || !dot != (i == 2))
            return false;
        parts[i] = (struct part){text + start, end - start};
        start = end + 1;
    }
    return true;
}

static unsigned char *decode(struct arena *arena, const struct part *part, size_t *len)
{
    unsigned char *bytes = arena_alloc(arena, BASE64URL_BYTES(part->len));
    return base64url_decode(part->text, part->len, bytes, len) ? bytes : NULL;
}

static bool decode_object(struct arena *arena, const struct part *part, struct json *value)
{
    struct json_error error;
    size_t len = 0;
    const unsigned char *bytes = decode(arena, part, &len);
    return bytes && json_read(arena, (const char *)bytes, len, value, &error) &&
           value->type == JSON_MAP;
}

static bool read_header(struct jws *jws, const char **why)
{
    const struct json *alg = json_get(&jws->header, "alg");
    const struct json *kid = json_get(&jws->header, "kid");
    if (!alg || alg->type != JSON_TEXT || !jws_algorithm_find(alg->text.data, &jws->algorithm))
        return refuse(why, "has an algorithm that is not known here");
    if (json_get(&jws->header, "crit"))
        return refuse(why, "needs an extension that is not known here");
    if (kid && kid->type != JSON_TEXT)
        return refuse(why, "has a kid that is not a text");
    jws->kid = kid ? kid->text.data : NULL;
    return true;
}

bool jws_read(struct arena *arena, const char *text, size_t len, struct jws *jws, const char **why)
{
    struct part parts[3];
    *jws = (struct jws){.text = text};
    if (!split(text, len, parts))
        return refuse(why, "is not a signed text of three parts");
    if (!decode_object(arena, &parts[0], &jws->header) ||
        !decode_object(arena, &parts[1], &jws->payload))
        return refuse(why, "has a malformed header or payload");
    jws->signature = decode(arena, &parts[2], &jws->signature_len);
    if (!jws->signature)
        return refuse(why, "has a malformed signature");
    jws->signed_len = parts[0].len + 1 + parts[1].len;
    return read_header(jws, why);
}

bool jws_verify(const struct jws *jws, const struct jwk *key)
{
    return jwk_verify(key, jws->algorithm, jws->text, jws->signed_len, jws->signature,
                      jws->signature_len);
}
