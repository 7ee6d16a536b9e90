/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "auth.h"
#include "crypto.h"
#include "file.h"
#include "json.h"
#include "pkey.h"
#include "token.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define ISSUER "https://cohelm.example.org"
#define AUDIENCE "https://cohelm.example.org/api"
#define PERSON "01890a5d-ac96-774b-bcce-b302099a8057"
#define ORGANISATION "01890a5d-ac96-7ab2-80e2-e2a9b1f0c0de"
#define NOW 1800000000

static struct arena arena;

static const char *directory(void)
{
    static char path[] = "/tmp/cohelm-test-XXXXXX";
    static bool made;
    if (!made)
        made = mkdtemp(path) != NULL;
    return path;
}

static const char *path_of(const char *name)
{
    return arena_printf(&arena, "%s/%s", directory(), name);
}

static struct signer *open_signer(const char *name)
{
    const char *why = "";
    struct signer *signer = signer_open(&arena, path_of(name), ISSUER, AUDIENCE, &why);
    if (!signer)
        printf("# %s\n", why);
    EXPECT(signer);
    return signer;
}

static struct issuers *open_issuers(const struct signer *signer)
{
    const char *why = "";
    struct issuers_options options = {.builtin_issuer = ISSUER,
                                      .builtin_audience = AUDIENCE,
                                      .builtin_keys = signer_keys(signer)};
    struct issuers *issuers = issuers_open(&arena, &options, &why);
    EXPECT(issuers);
    return issuers;
}

static bool verify(struct issuers *issuers, const char *text, int64_t now, struct token *token)
{
    const char *why = "";
    bool valid = token_verify(issuers, &arena, text, strlen(text), now, token, &why);
    if (!valid)
        printf("# %s\n", why);
    return valid;
}

/* Header or claims of a token as JSON. */
static struct json part(const char *token, int number)
{
    struct json value = {0};
    struct json_error error;
    size_t len = 0;
    while (number--)
        token = strchr(token, '.') + 1;
    size_t text_len = strcspn(token, ".");
    unsigned char *bytes = arena_alloc(&arena, BASE64URL_BYTES(text_len));
    EXPECT(base64url_decode(token, text_len, bytes, &len));
    EXPECT(json_read(&arena, (const char *)bytes, len, &value, &error));
    return value;
}

TEST(signer_open__makes_a_private_key_once)
{
    struct signer *first = open_signer("once.pem");
    struct stat before, after;
    EXPECT(stat(path_of("once.pem"), &before) == 0);
    EXPECT((before.st_mode & 07777) == 0600 && before.st_nlink == 1);
    struct signer *second = open_signer("once.pem");
    EXPECT(stat(path_of("once.pem"), &after) == 0 && before.st_ino == after.st_ino);
    EXPECT_TEXT(jwk_kid(key_set_first(signer_keys(first))),
                jwk_kid(key_set_first(signer_keys(second))));
    signer_close(first);
    signer_close(second);
    (void)unlink(path_of("once.pem"));
    EXPECT(rmdir(directory()) == 0); /* no temporary file is left */
    EXPECT(mkdir(directory(), 0700) == 0);
    arena_release(&arena);
}

struct opener {
    pthread_t thread;
    struct arena arena;
    const char *path;
    struct signer *signer;
};

static void *open_in_thread(void *subject)
{
    struct opener *opener = subject;
    const char *why = "";
    opener->signer = signer_open(&opener->arena, opener->path, ISSUER, AUDIENCE, &why);
    return NULL;
}

TEST(signer_open__instances_that_start_at_once_have_one_key)
{
    struct opener openers[8] = {0};
    for (size_t i = 0; i < 8; i++) {
        openers[i].path = path_of("race.pem");
        pthread_create(&openers[i].thread, NULL, open_in_thread, &openers[i]);
    }
    for (size_t i = 0; i < 8; i++) {
        pthread_join(openers[i].thread, NULL);
        EXPECT(openers[i].signer);
        if (openers[i].signer && openers[0].signer)
            EXPECT_TEXT(jwk_kid(key_set_first(signer_keys(openers[i].signer))),
                        jwk_kid(key_set_first(signer_keys(openers[0].signer))));
    }
    for (size_t i = 0; i < 8; i++) {
        signer_close(openers[i].signer);
        arena_release(&openers[i].arena);
    }
    arena_release(&arena);
}

TEST(signer_open__refuses_what_it_can_not_use)
{
    const char *why = "";
    EXPECT(file_make_private(&arena, path_of("junk.pem"), "junk", 4, &why));
    EXPECT(!signer_open(&arena, path_of("junk.pem"), ISSUER, AUDIENCE, &why));
    EXPECT(strstr(why, "junk.pem: it holds no private key"));
    EXPECT(!signer_open(&arena, path_of("none/key.pem"), ISSUER, AUDIENCE, &why));
    EXPECT(strstr(why, "none/key.pem"));
    EXPECT(!signer_open(&arena, directory(), ISSUER, AUDIENCE, &why));
    arena_release(&arena);
}

TEST(signer_state__is_no_access_token)
{
    struct signer *signer = open_signer("state.pem");
    struct issuers *issuers = open_issuers(signer);
    const char *text = signer_state(signer, &arena, "{\"rows\":2,\"head\":null}", NOW);
    EXPECT(text);
    struct json header = part(text, 0), claims = part(text, 1);
    EXPECT(json_is_text(json_get(&header, "typ"), "record+jwt") ||
           json_is_text(json_get(&header, "typ"), "JWT"));
    EXPECT(header.map.count == 3 && claims.map.count == 4);
    EXPECT_TEXT(json_get_text(&claims, "iss"), ISSUER);
    EXPECT(json_get_int(&claims, "iat", 0) == NOW && json_get_int(&claims, "rows", 0) == 2);
    EXPECT(json_get(&claims, "head")->type == JSON_NULL_VALUE);
    struct token token;
    const char *why = "";
    EXPECT(!token_verify(issuers, &arena, text, strlen(text), NOW, &token, &why));
    EXPECT(!signer_state(signer, &arena, "[", NOW));
    issuers_close(issuers);
    signer_close(signer);
    arena_release(&arena);
}

TEST(token_issue__says_what_was_granted)
{
    struct signer *signer = open_signer("key.pem");
    const struct token_grant grant = {.subject = PERSON,
                                      .client_id = "client",
                                      .organisation = ORGANISATION,
                                      .scope = "team.read team.*",
                                      .email = "a@example.org",
                                      .name = "Ünïcode \"quoted\"",
                                      .lifetime = 3600};
    const char *text = token_issue(signer, &arena, &grant, NOW);
    EXPECT(text);
    struct json header = part(text, 0), claims = part(text, 1);
    EXPECT_TEXT(json_get_text(&header, "alg"), "ES256");
    /* libjwt 1.10 knows one type only. */
    EXPECT(json_is_text(json_get(&header, "typ"), "at+jwt") ||
           json_is_text(json_get(&header, "typ"), "JWT"));
    EXPECT_TEXT(json_get_text(&header, "kid"), jwk_kid(key_set_first(signer_keys(signer))));
    EXPECT(header.map.count == 3);
    EXPECT_TEXT(json_get_text(&claims, "iss"), ISSUER);
    EXPECT_TEXT(json_get_text(&claims, "aud"), AUDIENCE);
    EXPECT_TEXT(json_get_text(&claims, "sub"), PERSON);
    EXPECT_TEXT(json_get_text(&claims, "client_id"), "client");
    EXPECT_TEXT(json_get_text(&claims, "organisation"), ORGANISATION);
    EXPECT_TEXT(json_get_text(&claims, "scope"), "team.read team.*");
    EXPECT_TEXT(json_get_text(&claims, "email"), "a@example.org");
    EXPECT_TEXT(json_get_text(&claims, "name"), "Ünïcode \"quoted\"");
    EXPECT(json_get_int(&claims, "iat", 0) == NOW);
    EXPECT(json_get_int(&claims, "exp", 0) == NOW + 3600);
    EXPECT(strlen(json_get_text(&claims, "jti")) == 36);
    EXPECT(claims.map.count == 11);
    signer_close(signer);
    arena_release(&arena);
}

TEST(token_issue__is_accepted_until_it_expires)
{
    struct signer *signer = open_signer("key.pem");
    struct issuers *issuers = open_issuers(signer);
    const struct token_grant grant = {.subject = PERSON, .email = "a@example.org", .lifetime = 60};
    const char *text = token_issue(signer, &arena, &grant, NOW);
    struct token token;
    EXPECT(verify(issuers, text, NOW, &token));
    EXPECT_TEXT(token.subject, PERSON);
    EXPECT_TEXT(token.issuer, ISSUER);
    EXPECT_TEXT(token.email, "a@example.org");
    EXPECT(token.builtin && token.email_verified && token.expires == NOW + 60);
    EXPECT(!token.scope && !token.organisation && !token.client_id && !token.name);
    EXPECT(verify(issuers, text, NOW + 119, &token));
    EXPECT(!verify(issuers, text, NOW + 120, &token));
    issuers_close(issuers);
    signer_close(signer);
    arena_release(&arena);
}

TEST(signer_open__a_new_key_in_front_signs_and_the_old_one_verifies)
{
    struct signer *old = open_signer("old.pem");
    const struct token_grant grant = {.subject = PERSON, .lifetime = 60};
    const char *old_token = token_issue(old, &arena, &grant, NOW);
    size_t len = 0;
    const char *why = "";
    const char *both = arena_printf(&arena, "%s%s", pkey_make_pem(&arena),
                                    file_read(&arena, path_of("old.pem"), 4096, &len, &why));
    EXPECT(file_make_private(&arena, path_of("both.pem"), both, strlen(both), &why));
    struct signer *fresh = open_signer("both.pem");
    struct issuers *issuers = open_issuers(fresh);
    const char *token_text = token_issue(fresh, &arena, &grant, NOW);
    struct token token;
    EXPECT(verify(issuers, old_token, NOW, &token));
    EXPECT(verify(issuers, token_text, NOW, &token));
    struct json before = part(old_token, 0), after = part(token_text, 0);
    EXPECT(strcmp(json_get_text(&before, "kid"), json_get_text(&after, "kid")) != 0);
    issuers_close(issuers);
    signer_close(fresh);
    signer_close(old);
    static const char *const names[] = {"old.pem",  "both.pem", "key.pem",
                                        "race.pem", "junk.pem", "state.pem"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
    EXPECT(rmdir(directory()) == 0);
    arena_release(&arena);
}
