/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include "crypto.h"
#include "file.h"
#include "pkey.h"
#include "uuid.h"

#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_FILE_MAX ((size_t)64 * 1024)

struct signer {
    struct arena arena; /* of the texts, the private key too */
    const char *issuer;
    const char *audience;
    char *pem;
    size_t pem_len;
    struct key_set *keys;
};

static bool make_key(struct arena *arena, const char *key_file, const char **why)
{
    const char *pem = pkey_make_pem(arena);
    if (!pem) {
        *why = arena_printf(arena, "%s: no random bytes to make a key from", key_file);
        return false;
    }
    return file_make_private(arena, key_file, pem, strlen(pem), why);
}

static bool read_key(struct signer *signer, struct arena *arena, const char *key_file,
                     const char **why)
{
    const char *fault = NULL;
    signer->pem = file_read(&signer->arena, key_file, KEY_FILE_MAX, &signer->pem_len, &fault);
    if (signer->pem)
        signer->keys = key_set_from_pem(signer->pem, &fault);
    if (!signer->pem)
        *why = arena_strdup(arena, fault);
    else if (!signer->keys)
        *why = arena_printf(arena, "%s: %s", key_file, fault);
    return signer->keys;
}

struct signer *signer_open(struct arena *arena, const char *key_file, const char *issuer,
                           const char *audience, const char **why)
{
    if (access(key_file, F_OK) != 0 && !make_key(arena, key_file, why))
        return NULL;
    struct signer *signer = calloc(1, sizeof *signer);
    if (!signer) {
        *why = "out of memory";
        return NULL;
    }
    arena_init(&signer->arena);
    signer->issuer = arena_strdup(&signer->arena, issuer);
    signer->audience = arena_strdup(&signer->arena, audience);
    if (read_key(signer, arena, key_file, why))
        return signer;
    signer_close(signer);
    return NULL;
}

void signer_close(struct signer *signer)
{
    if (!signer)
        return;
    key_set_release(signer->keys);
    if (signer->pem)
        bytes_wipe(signer->pem, signer->pem_len);
    arena_release(&signer->arena);
    free(signer);
}

struct key_set *signer_keys(const struct signer *signer)
{
    return signer->keys;
}

/* libjwt's functions return 0 or an errno value. */
static int add_claims(jwt_t *jwt, const struct signer *signer, const struct token_grant *grant,
                      int64_t now)
{
    char id[UUID_TEXT_LEN + 1];
    uuid_v7(id);
    const struct {
        const char *name, *text;
    } claims[] = {{"iss", signer->issuer},
                  {"aud", signer->audience},
                  {"sub", grant->subject},
                  {"jti", id},
                  {"client_id", grant->client_id},
                  {"organisation", grant->organisation},
                  {"scope", grant->scope},
                  {"email", grant->email},
                  {"name", grant->name}};
    int failed = 0;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (claims[i].text)
            failed |= jwt_add_grant(jwt, claims[i].name, claims[i].text);
    failed |= jwt_add_grant_int(jwt, "iat", (long)now);
    return failed | jwt_add_grant_int(jwt, "exp", (long)(now + grant->lifetime));
}

/* Adds the header, and takes `jwt`. */
static const char *encode(const struct signer *signer, struct arena *arena, jwt_t *jwt,
                          const char *type)
{
    char *text = NULL;
    const char *kid = jwk_kid(key_set_first(signer->keys));
    /* libjwt 1.10 puts "JWT" in place of the type; later ones leave it. */
    if (jwt_add_header(jwt, "typ", type) == 0 && jwt_add_header(jwt, "kid", kid) == 0 &&
        jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)signer->pem, (int)signer->pem_len) ==
            0)
        text = jwt_encode_str(jwt);
    jwt_free(jwt);
    const char *token = text ? arena_strdup(arena, text) : NULL;
    free(text);
    return token;
}

const char *token_issue(const struct signer *signer, struct arena *arena,
                        const struct token_grant *grant, int64_t now)
{
    jwt_t *jwt = NULL;
    if (jwt_new(&jwt) == 0 && add_claims(jwt, signer, grant, now) == 0)
        return encode(signer, arena, jwt, "at+jwt");
    jwt_free(jwt);
    return NULL;
}

const char *signer_state(const struct signer *signer, struct arena *arena, const char *claims,
                         int64_t now)
{
    jwt_t *jwt = NULL;
    if (jwt_new(&jwt) == 0 && jwt_add_grants_json(jwt, claims) == 0 &&
        jwt_add_grant(jwt, "iss", signer->issuer) == 0 &&
        jwt_add_grant_int(jwt, "iat", (long)now) == 0)
        return encode(signer, arena, jwt, "record+jwt");
    jwt_free(jwt);
    return NULL;
}
