/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "auth.h"
#include "clock.h"
#include "file.h"
#include "issuer.h"
#include "jose.h"
#include "server.h"

#include <stdatomic.h>
#include <unistd.h>

#define IDP "https://idp.example.org"
#define OURS "https://cohelm.example.org"

static struct arena arena;

static const char *directory(void)
{
    static char path[] = "/tmp/cohelm-test-XXXXXX";
    static bool made;
    if (!made)
        made = mkdtemp(path) != NULL;
    return path;
}

/* Writes a file in place of the one before; its path. */
static const char *put(const char *name, const char *text)
{
    const char *why = "", *path = arena_printf(&arena, "%s/%s", directory(), name);
    (void)unlink(path);
    EXPECT(file_make_private(&arena, path, text, strlen(text), &why));
    return path;
}

static const char *jwks(enum jws_algorithm algorithm, const char *kid)
{
    const char *more = arena_printf(&arena, ",\"kid\":\"%s\"", kid);
    return arena_printf(&arena, "{\"keys\":[%s]}", jose_jwk(&arena, algorithm, more));
}

static struct issuers *open_file(const char *text, int pause, const char **why)
{
    struct issuers_options options = {.file = put("issuers.json", text), .fetch_pause = pause};
    return issuers_open(&arena, &options, why);
}

static const char *token_of(enum jws_algorithm algorithm, const char *kid)
{
    int64_t now = clock_now() / 1000000;
    const char *header =
        arena_printf(&arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}", jose_names[algorithm], kid);
    return jose_token(&arena, algorithm, header,
                      arena_printf(&arena,
                                   "{\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":\"" OURS
                                   "\",\"exp\":%lld}",
                                   (long long)now + 3600));
}

static bool verify_at(struct issuers *issuers, const char *text, int64_t later)
{
    struct token token;
    const char *why = "";
    return token_verify(issuers, &arena, text, strlen(text), clock_now() / 1000000 + later, &token,
                        &why);
}

static bool verify(struct issuers *issuers, const char *text)
{
    return verify_at(issuers, text, 0);
}

#define ISSUER "\"issuer\":\"" IDP "\""
#define AUDIENCES ",\"audiences\":[\"" OURS "\"]"
#define ES ",\"algorithms\":[\"ES256\"]"
#define HS ",\"algorithms\":[\"HS256\"]"
#define KEYS ",\"jwks_file\":\"keys.json\""
#define URL ",\"jwks_url\":\"https://idp.example.org/keys\""

TEST(issuers_open__refuses_each_fault_with_one_line)
{
    static const struct {
        const char *issuer, *reason; /* NULL: accepted */
    } cases[] = {
        {"{" ISSUER AUDIENCES ES KEYS "}", NULL},
        {"7", "must be an object"},
        {"{}", "issuer, a text"},
        {"{\"issuer\":7" AUDIENCES ES KEYS "}", "issuer must be a text"},
        {"{\"issuer\":\"\"" AUDIENCES ES KEYS "}", "issuer must be a text"},
        {"{" ISSUER ES KEYS "}", "audiences are missing"},
        {"{" ISSUER ",\"audiences\":[]" ES KEYS "}", "audiences are missing"},
        {"{" ISSUER ",\"audiences\":\"" OURS "\"" ES KEYS "}", "audiences are missing"},
        {"{" ISSUER ",\"audiences\":[\"\"]" ES KEYS "}", "audiences must be"},
        {"{" ISSUER ",\"audiences\":[null]" ES KEYS "}", "audiences must be"},
        {"{" ISSUER ",\"audience\":\"" OURS "\"" ES KEYS "}", "no setting \"audience\""},
        {"{" ISSUER AUDIENCES KEYS "}", "algorithms are missing"},
        {"{" ISSUER AUDIENCES KEYS ",\"algorithms\":[]}", "algorithms are missing"},
        {"{" ISSUER AUDIENCES KEYS ",\"algorithms\":[\"none\"]}", "\"none\" is no algorithm"},
        {"{" ISSUER AUDIENCES KEYS ",\"algorithms\":[\"es256\"]}", "\"es256\" is no algorithm"},
        {"{" ISSUER AUDIENCES KEYS ",\"algorithms\":[\"ES256\",\"HS256\"]}", "mix"},
        {"{" ISSUER AUDIENCES KEYS ",\"algorithms\":[\"RS256\"]}", "no key for the algorithms"},
        {"{" ISSUER AUDIENCES KEYS HS "}", "don't mix"},
        {"{" ISSUER AUDIENCES ES "}", "exactly one of"},
        {"{" ISSUER AUDIENCES ES KEYS URL "}", "exactly one of"},
        {"{" ISSUER AUDIENCES ES ",\"jwks_file\":\"absent.json\"}", "absent.json: No such file"},
        {"{" ISSUER AUDIENCES ES ",\"jwks_file\":\".\"}", "directory"},
        {"{" ISSUER AUDIENCES ES ",\"jwks_file\":\"junk\"}", "JSON"},
        {"{" ISSUER AUDIENCES ES ",\"jwks_file\":\"weak.json\"}", "2048"},
        {"{" ISSUER AUDIENCES ES ",\"secret_file\":\"good\"}", "secret_file goes with"},
        {"{" ISSUER AUDIENCES HS ",\"secret_file\":\"good\"}", NULL},
        {"{" ISSUER AUDIENCES HS ",\"secret_file\":\"short\"}", "32 bytes"},
        {"{" ISSUER AUDIENCES HS ",\"secret_file\":\"default\"}", "easily guessed"},
        {"{" ISSUER AUDIENCES HS ",\"secret_file\":\"empty\"}", "32 bytes"},
        {"{" ISSUER AUDIENCES ",\"algorithms\":[\"HS512\"],\"secret_file\":\"good\"}", "64 bytes"},
        {"{" ISSUER AUDIENCES HS ",\"secret_file\":\"absent\"}", "absent: No such file"},
        {"{" ISSUER AUDIENCES HS URL "}", "published secret"},
        {"{" ISSUER AUDIENCES ES ",\"jwks_url\":\"http://idp.example.org/\"}", "only https"},
        {"{" ISSUER AUDIENCES ES ",\"jwks_url\":\"idp.example.org\"}", "absolute"},
        {"{" ISSUER AUDIENCES ES ",\"jwks_url\":\"file:///etc/passwd\",\"allow_private\":true}",
         "only https"},
        {"{" ISSUER AUDIENCES ES KEYS ",\"allow_private\":\"yes\"}", "true or false"},
        {"{" ISSUER AUDIENCES ES KEYS ",\"at_jwt_only\":1}", "true or false"},
        {"{" ISSUER AUDIENCES ES KEYS ",\"claims\":[]}", "claims must be"},
        {"{" ISSUER AUDIENCES ES KEYS ",\"claims\":{\"mail\":\"x\"}}", "no setting \"mail\""},
        {"{" ISSUER AUDIENCES ES KEYS ",\"claims\":{\"email\":7}}", "email must be"},
        {"{" ISSUER AUDIENCES ES KEYS "},{" ISSUER AUDIENCES ES KEYS "}", "two issuers"},
    };
    put("keys.json", jwks(JWS_ES256, "k"));
    put("junk", "junk");
    put("weak.json", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}");
    put("good", "Zx8vQ0Lr3mN5tYpW1cKdFhJsBgUaEiOe\n");
    put("short", "Zx8vQ0Lr3mN5tYpW1cKdFhJsBgUaEiO\n"); /* the newline doesn't count */
    put("default", "your-256-bit-secret-0123456789abcdef");
    put("empty", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* Weak keys of another type are found where the issuer takes that type. */
        const char *why = NULL, *issuer = cases[i].issuer;
        if (strstr(issuer, "weak.json"))
            issuer =
                "{" ISSUER AUDIENCES ",\"algorithms\":[\"RS256\"],\"jwks_file\":\"weak.json\"}";
        struct issuers *issuers =
            open_file(arena_printf(&arena, "{\"issuers\":[%s]}", issuer), 0, &why);
        bool right = cases[i].reason ? !issuers && why && strstr(why, cases[i].reason) &&
                                           strstr(why, "issuers.json") && !strchr(why, '\n')
                                     : issuers != NULL;
        if (!right)
            printf("# %s: %s\n", cases[i].issuer, why ? why : "accepted");
        EXPECT(right);
        issuers_close(issuers);
    }
    arena_release(&arena);
}

TEST(issuers_open__refuses_files_that_are_none)
{
    static const char *const texts[][2] = {{"", "JSON"},
                                           {"{", "JSON"},
                                           {"[]", "list of issuers"},
                                           {"{}", "list of issuers"},
                                           {"{\"issuers\":{}}", "list of issuers"},
                                           {"{\"issuers\":[]}", "nobody could sign in"},
                                           {"{\"issuers\":[],\"issuer\":1}", "no setting"},
                                           {"{\"issuers\":[],\"issuers\":[]}", "JSON"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *why = "";
        EXPECT(!open_file(texts[i][0], 0, &why));
        EXPECT(strstr(why, texts[i][1]));
    }
    const char *why = "";
    struct issuers_options options = {.file = "/nonexistent/issuers.json"};
    EXPECT(!issuers_open(&arena, &options, &why));
    EXPECT(strstr(why, "/nonexistent/issuers.json"));
    struct issuers_options none = {.file = NULL};
    EXPECT(!issuers_open(&arena, &none, &why));
    arena_release(&arena);
}

#define FILE_ISSUER "{\"issuers\":[{" ISSUER AUDIENCES ES KEYS "}]}"

TEST(issuers_reload__takes_keys_away_at_once_or_changes_nothing)
{
    const char *why = "";
    put("keys.json", jwks(JWS_ES256, "old"));
    struct issuers *issuers = open_file(FILE_ISSUER, 0, &why);
    const char *before = token_of(JWS_ES256, "old"), *after = token_of(JWS_ES256, "new");
    EXPECT(verify(issuers, before) && !verify(issuers, after));
    uint64_t generation = issuers_generation(issuers);
    put("keys.json", "{");
    EXPECT(!issuers_reload(issuers, &arena, &why) && strstr(why, "JSON"));
    EXPECT(verify(issuers, before) && issuers_generation(issuers) == generation);
    put("keys.json", jwks(JWS_ES256, "new"));
    EXPECT(issuers_reload(issuers, &arena, &why));
    EXPECT(!verify(issuers, before) && verify(issuers, after));
    EXPECT(issuers_generation(issuers) != generation);
    issuers_close(issuers);
    arena_release(&arena);
}

static const char *url_issuer(const struct server *server)
{
    return arena_printf(&arena,
                        "{\"issuers\":[{" ISSUER AUDIENCES ES
                        ",\"jwks_url\":\"http://127.0.0.1:%d/keys\",\"allow_private\":true}]}",
                        server->port);
}

/* Waits until keys have changed; false after ten seconds. */
static bool wait_change(struct issuers *issuers, uint64_t generation)
{
    int64_t end = clock_monotonic() + 10000000;
    while (issuers_generation(issuers) == generation && clock_monotonic() < end)
        usleep(1000);
    return issuers_generation(issuers) != generation;
}

TEST(issuers_want_key__fetches_a_new_key_and_keeps_the_old_for_a_time)
{
    struct server server;
    const char *why = "";
    server_start(&server, "HTTP/1.1 200 OK", jwks(JWS_ES256, "old"));
    struct issuers *issuers = open_file(url_issuer(&server), 1, &why);
    EXPECT(issuers && issuers_ready(issuers) && server_requests(&server) == 1);
    const char *before = token_of(JWS_ES256, "old"), *after = token_of(JWS_ES256, "new");
    EXPECT(verify(issuers, before));
    uint64_t generation = issuers_generation(issuers);
    server_set(&server, "HTTP/1.1 200 OK", jwks(JWS_ES256, "new"));
    EXPECT(!verify(issuers, after));
    EXPECT(wait_change(issuers, generation));
    EXPECT(verify(issuers, after));
    EXPECT(verify(issuers, before));
    EXPECT(verify_at(issuers, before, 590) && !verify_at(issuers, before, 610));
    EXPECT(verify_at(issuers, after, 610));
    /* A reload is the operator's word: what is gone is gone. */
    EXPECT(issuers_reload(issuers, &arena, &why));
    EXPECT(verify(issuers, after) && !verify(issuers, before));
    issuers_close(issuers);
    server_stop(&server);
    arena_release(&arena);
}

TEST(issuers_want_key__many_unknown_keys_fetch_once)
{
    struct server server;
    const char *why = "";
    server_start(&server, "HTTP/1.1 200 OK", jwks(JWS_ES256, "k"));
    struct issuers *issuers = open_file(url_issuer(&server), 0, &why);
    for (int i = 0; i < 200; i++)
        EXPECT(!verify(issuers, token_of(JWS_ES256, arena_printf(&arena, "unknown %d", i))));
    issuers_close(issuers);
    EXPECT(server_requests(&server) == 1);
    server_stop(&server);
    arena_release(&arena);
}

TEST(issuers_open__starts_without_the_identity_provider_and_repeats)
{
    struct server server;
    const char *why = "";
    server_start(&server, "HTTP/1.1 503 Later", "");
    struct issuers *issuers = open_file(url_issuer(&server), 1, &why);
    EXPECT(issuers && !issuers_ready(issuers));
    uint64_t generation = issuers_generation(issuers);
    EXPECT(!verify(issuers, token_of(JWS_ES256, "k")));
    server_set(&server, "HTTP/1.1 200 OK", jwks(JWS_ES256, "k"));
    EXPECT(wait_change(issuers, generation));
    EXPECT(issuers_ready(issuers) && verify(issuers, token_of(JWS_ES256, "k")));
    issuers_close(issuers);
    server_stop(&server);
    arena_release(&arena);
}

TEST(issuers_reload__goes_on_with_the_keys_it_had_when_none_come)
{
    struct server server;
    const char *why = "";
    static const char *const answers[][2] = {
        {"HTTP/1.1 500 Error", ""},
        {"HTTP/1.1 200 OK", "junk"},
        {"HTTP/1.1 200 OK", "{\"keys\":[]}"},
        {"HTTP/1.1 302 Found\r\nLocation: /keys", "{\"keys\":[]}"},
    };
    server_start(&server, "HTTP/1.1 200 OK", jwks(JWS_ES256, "k"));
    struct issuers *issuers = open_file(url_issuer(&server), 0, &why);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        server_set(&server, answers[i][0], answers[i][1]);
        EXPECT(issuers_reload(issuers, &arena, &why));
        EXPECT(verify(issuers, token_of(JWS_ES256, "k")));
    }
    issuers_close(issuers);
    server_stop(&server);
    arena_release(&arena);
}

TEST(issuers_open__does_not_fetch_from_private_addresses)
{
    struct server server;
    const char *why = "";
    server_start(&server, "HTTP/1.1 200 OK", jwks(JWS_ES256, "k"));
    struct issuers *issuers =
        open_file(arena_printf(&arena,
                               "{\"issuers\":[{" ISSUER AUDIENCES ES
                               ",\"jwks_url\":\"https://127.0.0.1:%d/keys\"}]}",
                               server.port),
                  0, &why);
    EXPECT(issuers && !issuers_ready(issuers));
    issuers_close(issuers);
    server_stop(&server);
    EXPECT(!*server.request);
    arena_release(&arena);
}

struct verifier {
    pthread_t thread;
    struct issuers *issuers;
    const char *text;
    atomic_bool *stop;
    bool always;
};

static void *verify_in_thread(void *subject)
{
    struct verifier *verifier = subject;
    struct arena mine;
    arena_init(&mine);
    verifier->always = true;
    while (!atomic_load(verifier->stop)) {
        struct token token;
        const char *why = "";
        if (!token_verify(verifier->issuers, &mine, verifier->text, strlen(verifier->text),
                          clock_now() / 1000000, &token, &why))
            verifier->always = false;
        arena_reset(&mine);
    }
    arena_release(&mine);
    return NULL;
}

/* A token whose key stays is never refused while everything around it is read anew. */
TEST(issuers_reload__while_tokens_are_verified)
{
    const char *why = "";
    atomic_bool stop = false;
    put("keys.json", jwks(JWS_ES256, "k"));
    struct issuers *issuers = open_file(FILE_ISSUER, 0, &why);
    struct verifier verifiers[4];
    for (size_t i = 0; i < 4; i++) {
        verifiers[i] =
            (struct verifier){.issuers = issuers, .text = token_of(JWS_ES256, "k"), .stop = &stop};
        pthread_create(&verifiers[i].thread, NULL, verify_in_thread, &verifiers[i]);
    }
    for (int i = 0; i < 200; i++)
        EXPECT(issuers_reload(issuers, &arena, &why));
    atomic_store(&stop, true);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(verifiers[i].thread, NULL);
        EXPECT(verifiers[i].always);
    }
    issuers_close(issuers);
    static const char *const names[] = {"issuers.json", "keys.json", "junk",    "weak.json",
                                        "good",         "short",     "default", "empty"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(arena_printf(&arena, "%s/%s", directory(), names[i]));
    EXPECT(rmdir(directory()) == 0);
    arena_release(&arena);
}
