/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens. An input that begins with 's' is header and claims, parted by a NUL, and is signed with
 * the right secret, so that what stands behind the signature is reached. Any other input is the
 * token itself, and must never be accepted: the fuzzer doesn't know the secret. */
#include "auth.h"
#include "crypto.h"
#include "file.h"
#include "issuer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW ((int64_t)1800000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct issuers *issuers;
static char secret[65];

static void need(bool fine, const char *what)
{
    if (!fine) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    static const char config[] =
        "{\"issuers\":[{\"issuer\":\"i\",\"audiences\":[\"a\"],\"algorithms\":[\"HS256\"],"
        "\"secret_file\":\"secret\"}]}";
    char directory[] = "/tmp/cohelm-fuzz-XXXXXX", bytes[32];
    const char *why = "";
    struct arena arena;
    arena_init(&arena);
    need(mkdtemp(directory) && random_bytes(bytes, sizeof bytes), "no directory");
    hex_encode(bytes, sizeof bytes, secret);
    const char *key = arena_printf(&arena, "%s/secret", directory);
    const char *file = arena_printf(&arena, "%s/issuers.json", directory);
    need(file_make_private(&arena, key, secret, 64, &why) &&
             file_make_private(&arena, file, config, strlen(config), &why),
         why);
    struct issuers_options options = {.file = file};
    issuers = issuers_open(&arena, &options, &why);
    need(issuers, why);
    (void)unlink(key);
    (void)unlink(file);
    (void)rmdir(directory);
    arena_release(&arena);
    return 0;
}

static const char *encode(struct arena *arena, const uint8_t *data, size_t size)
{
    char *text = arena_alloc(arena, BASE64URL_LEN(size) + 1);
    (void)base64url_encode(data, size, text);
    return text;
}

static const char *sign(struct arena *arena, const uint8_t *data, size_t size)
{
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t header = nul ? (size_t)(nul - data) : size;
    size_t claims = nul ? size - header - 1 : 0;
    const char *text = arena_printf(arena, "%s.%s", encode(arena, data, header),
                                    encode(arena, nul ? nul + 1 : data, claims));
    unsigned char mac[SHA256_LEN];
    hmac_sha256(secret, 64, text, strlen(text), mac);
    return arena_printf(arena, "%s.%s", text, encode(arena, mac, sizeof mac));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct token token = {0};
    const char *why = NULL;
    arena_init(&arena);
    bool is_signed = size && *data == 's';
    const char *text = is_signed ? sign(&arena, data + 1, size - 1) : (const char *)data;
    size_t len = is_signed ? strlen(text) : size;
    bool valid = token_verify(issuers, &arena, text, len, NOW, &token, &why);
    need(valid || (why && !token.subject), "refused without a reason");
    if (valid) {
        need(is_signed, "a token was forged");
        need(strcmp(token.issuer, "i") == 0 && strlen(token.subject) >= 1 &&
                 strlen(token.subject) <= 255 && token.expires > NOW - TOKEN_SKEW,
             "a token says what it must not");
        for (size_t i = 0; i < token.group_count; i++)
            need(token.groups[i], "a group without a name");
    }
    arena_release(&arena);
    return 0;
}
