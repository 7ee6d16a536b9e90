/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "auth.h"
#include "file.h"
#include "jose.h"

#include <openssl/pem.h>
#include <unistd.h>

#define IDP "https://idp.example.org"
#define OTHER "https://other.example.org"
#define SHARED "https://shared.example.org"
#define STRICT "https://strict.example.org"
#define BARE "https://bare.example.org"
#define OURS "https://cohelm.example.org"
#define NOW ((int64_t)1800000000)
#define UUID "01890a5d-ac96-774b-bcce-b302099a8057"

static struct arena arena;
static struct issuers *issuers;

/* One issuer with all public keys, one with one of them under another name, one with a secret, one
 * that issues at+jwt only, one whose only key has no kid. */
static void open_issuers(void)
{
    char directory[] = "/tmp/cohelm-test-XXXXXX";
    const char *why = "", *names[] = {"all.json", "one.json", "oct.json", "bare.json", "conf.json"};
    const char *texts[5] = {"{\"keys\":["};
    EXPECT(mkdtemp(directory));
    for (int a = JWS_RS256; a < JWS_ALGORITHMS; a++) {
        if (jose_is_rsa((enum jws_algorithm)a) && a != JWS_RS256)
            continue;
        const char *kid = arena_printf(&arena, ",\"kid\":\"%s\"", jose_names[a]);
        texts[0] = arena_printf(&arena, "%s%s%s", texts[0], a == JWS_RS256 ? "" : ",",
                                jose_jwk(&arena, (enum jws_algorithm)a, kid));
    }
    texts[0] = arena_printf(&arena, "%s]}", texts[0]);
    texts[1] =
        arena_printf(&arena, "{\"keys\":[%s]}", jose_jwk(&arena, JWS_ES384, ",\"kid\":\"theirs\""));
    texts[2] =
        arena_printf(&arena, "{\"keys\":[%s]}", jose_jwk(&arena, JWS_HS256, ",\"kid\":\"oct\""));
    texts[3] = arena_printf(&arena, "{\"keys\":[%s]}", jose_jwk(&arena, JWS_ES256, ""));
    texts[4] =
        "{\"issuers\":["
        "{\"issuer\":\"" IDP "\",\"audiences\":[\"second\",\"" OURS "\"],"
        "\"algorithms\":[\"RS256\",\"RS384\",\"RS512\",\"PS256\",\"PS384\",\"PS512\",\"ES256\","
        "\"ES384\",\"ES512\",\"EdDSA\"],\"jwks_file\":\"all.json\"},"
        "{\"issuer\":\"" OTHER "\",\"audiences\":[\"" OURS "\"],\"algorithms\":[\"ES384\"],"
        "\"jwks_file\":\"one.json\",\"claims\":{\"email\":\"upn\",\"name\":\"display\","
        "\"groups\":\"roles\",\"scope\":null,\"organisation\":null}},"
        "{\"issuer\":\"" SHARED "\",\"audiences\":[\"" OURS "\"],"
        "\"algorithms\":[\"HS256\",\"HS384\",\"HS512\"],\"jwks_file\":\"oct.json\"},"
        "{\"issuer\":\"" STRICT "\",\"audiences\":[\"" OURS "\"],\"algorithms\":[\"ES256\"],"
        "\"jwks_file\":\"all.json\",\"at_jwt_only\":true},"
        "{\"issuer\":\"" BARE "\",\"audiences\":[\"" OURS "\"],\"algorithms\":[\"ES256\"],"
        "\"jwks_file\":\"bare.json\"}]}";
    const char *paths[5];
    for (size_t i = 0; i < 5; i++) {
        paths[i] = arena_printf(&arena, "%s/%s", directory, names[i]);
        EXPECT(file_make_private(&arena, paths[i], texts[i], strlen(texts[i]), &why));
    }
    struct issuers_options options = {.file = paths[4]};
    issuers = issuers_open(&arena, &options, &why);
    if (!issuers) {
        printf("# %s\n", why);
        exit(1);
    }
    for (size_t i = 0; i < 5; i++)
        (void)unlink(paths[i]);
    (void)rmdir(directory);
}

static bool verify_bytes(const char *text, size_t len, struct token *token, const char **why)
{
    if (!issuers)
        open_issuers();
    return token_verify(issuers, &arena, text, len, NOW, token, why);
}

static bool accepted(const char *text, struct token *token)
{
    const char *why = NULL;
    bool valid = verify_bytes(text, strlen(text), token, &why);
    if (!valid)
        printf("# %s\n", why);
    return valid;
}

/* Refused, for a reason that contains `reason`, and without a trace in the result. */
static bool refused_bytes(const char *text, size_t len, const char *reason)
{
    struct token token = {.subject = "untouched"};
    const char *why = NULL;
    bool valid = verify_bytes(text, len, &token, &why);
    bool right = !valid && why && strstr(why, reason) && strcmp(token.subject, "untouched") == 0;
    if (!right)
        printf("# %.*s: %s\n", (int)len, text, valid ? "accepted" : why);
    return right;
}

static bool refused(const char *text, const char *reason)
{
    return refused_bytes(text, strlen(text), reason);
}

#define HEADER "{\"alg\":\"ES256\",\"kid\":\"ES256\"}"
#define BASE "\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":\"" OURS "\""
#define CLAIMS "{" BASE ",\"exp\":1800000100}"

/* The right claims and `more`, under the right header. */
static const char *with(const char *more)
{
    return jose_token(&arena, JWS_ES256, HEADER,
                      arena_printf(&arena, "{" BASE ",\"exp\":1800000100%s}", more));
}

static const char *with_header(const char *header)
{
    return jose_token(&arena, JWS_ES256, header, CLAIMS);
}

static const char *with_claims(const char *claims)
{
    return jose_token(&arena, JWS_ES256, HEADER, claims);
}

TEST(token_verify__accepts_each_algorithm)
{
    for (int a = 0; a < JWS_ALGORITHMS; a++) {
        enum jws_algorithm algorithm = (enum jws_algorithm)a;
        const char *kid = jose_is_hmac(algorithm)  ? "oct"
                          : jose_is_rsa(algorithm) ? "RS256"
                                                   : jose_names[a];
        const char *header =
            arena_printf(&arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}", jose_names[a], kid);
        const char *claims = arena_printf(
            &arena, "{\"iss\":\"%s\",\"sub\":\"s\",\"aud\":\"" OURS "\",\"exp\":1800000100}",
            jose_is_hmac(algorithm) ? SHARED : IDP);
        struct token token;
        EXPECT(accepted(jose_token(&arena, algorithm, header, claims), &token));
        EXPECT_TEXT(token.issuer, jose_is_hmac(algorithm) ? SHARED : IDP);
        EXPECT_TEXT(token.subject, "s");
        EXPECT(token.expires == 1800000100 && !token.builtin);
    }
}

TEST(token_verify__reads_what_it_says)
{
    struct token token;
    EXPECT(accepted(with(",\"email\":\"a@b.c\",\"email_verified\":true,\"name\":\"Zoë\","
                         "\"scope\":\"team.read *\",\"organisation\":\"" UUID "\",\"jti\":\"j\","
                         "\"azp\":\"app\",\"groups\":[\"g1\",7,\"g2\"]"),
                    &token));
    EXPECT_TEXT(token.email, "a@b.c");
    EXPECT(token.email_verified);
    EXPECT_TEXT(token.name, "Zoë");
    EXPECT_TEXT(token.scope, "team.read *");
    EXPECT_TEXT(token.organisation, UUID);
    EXPECT_TEXT(token.id, "j");
    EXPECT_TEXT(token.client_id, "app");
    EXPECT(token.group_count == 2);
    EXPECT_TEXT(token.groups[0], "g1");
    EXPECT_TEXT(token.groups[1], "g2");

    EXPECT(accepted(with(",\"client_id\":\"c\",\"azp\":\"app\",\"groups\":\"one\","
                         "\"scope\":[\"team.read\",\"team.create\"],\"email\":\"a@b.c\""),
                    &token));
    EXPECT_TEXT(token.client_id, "c");
    EXPECT_TEXT(token.scope, "team.read team.create");
    EXPECT(token.group_count == 1 && !token.email_verified);

    EXPECT(accepted(with(""), &token));
    EXPECT(!token.email && !token.name && !token.scope && !token.organisation && !token.id &&
           !token.client_id && token.group_count == 0 && !token.email_verified);
}

TEST(token_verify__passes_over_odd_names_but_not_odd_limits)
{
    struct token token;
    EXPECT(accepted(with(",\"email\":7,\"name\":\"a\\nb\",\"groups\":7,\"jti\":[],\"azp\":\"\""),
                    &token));
    EXPECT(!token.email && !token.name && !token.id && !token.client_id && !token.group_count);
    EXPECT(accepted(with(",\"email\":\"no address\",\"email_verified\":true"), &token));
    EXPECT(!token.email && !token.email_verified);
    EXPECT(accepted(with(",\"scope\":\"\""), &token));
    EXPECT_TEXT(token.scope, "");
    EXPECT(accepted(with(",\"scope\":[]"), &token));
    EXPECT_TEXT(token.scope, "");
    EXPECT(accepted(with(",\"organisation\":\"01890A5D-AC96-774B-BCCE-B302099A8057\""), &token));
    EXPECT_TEXT(token.organisation, "01890a5d-ac96-774b-bcce-b302099a8057");
    static const char *const limits[] = {
        ",\"scope\":null",         ",\"scope\":7",
        ",\"scope\":[7]",          ",\"scope\":{}",
        ",\"organisation\":7",     ",\"organisation\":null",
        ",\"organisation\":\"x\"", ",\"organisation\":\"01890a5dac96774bbcceb302099a8057\""};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        EXPECT(refused(with(limits[i]), "malformed"));
}

TEST(token_verify__claims_are_named_by_the_issuer)
{
    struct token token;
    EXPECT(accepted(jose_token(&arena, JWS_ES384, "{\"alg\":\"ES384\",\"kid\":\"theirs\"}",
                               "{\"iss\":\"" OTHER "\",\"sub\":\"s\",\"aud\":\"" OURS
                               "\",\"exp\":1800000100,\"email\":\"wrong@b.c\",\"upn\":\"a@b.c\","
                               "\"name\":\"wrong\",\"display\":\"right\",\"groups\":[\"wrong\"],"
                               "\"roles\":[\"right\"],\"scope\":\"openid\",\"organisation\":7}"),
                    &token));
    EXPECT_TEXT(token.email, "a@b.c");
    EXPECT_TEXT(token.name, "right");
    EXPECT(token.group_count == 1);
    EXPECT_TEXT(token.groups[0], "right");
    EXPECT(!token.scope && !token.organisation);
}

TEST(token_verify__times)
{
    static const struct {
        const char *times, *reason; /* NULL: accepted */
    } cases[] = {
        {",\"exp\":1800000001", NULL},
        {",\"exp\":1799999941", NULL}, /* 59 seconds ago */
        {",\"exp\":1799999940", "expired"},
        {",\"exp\":1799999940.9", "expired"},
        {",\"exp\":1799999941.5", NULL},
        {",\"exp\":1", "expired"},
        {",\"exp\":0", "expired"},
        {",\"exp\":1.8000001e9", NULL},
        {"", "no time of expiry"},
        {",\"exp\":null", "no time of expiry"},
        {",\"exp\":\"1800000100\"", "no time of expiry"},
        {",\"exp\":-1", "no time of expiry"},
        {",\"exp\":true", "no time of expiry"},
        {",\"exp\":[1800000100]", "no time of expiry"},
        {",\"exp\":9007199254740993", "no time of expiry"},
        {",\"exp\":9223372036854775807", "no time of expiry"},
        {",\"exp\":9e18", "no time of expiry"},
        {",\"exp\":1e999", "malformed"},
        {",\"exp\":1800000100,\"nbf\":1800000060", NULL},
        {",\"exp\":1800000100,\"nbf\":1800000061", "not valid yet"},
        {",\"exp\":1800000100,\"nbf\":1800000061.5", "not valid yet"},
        {",\"exp\":1800000100,\"nbf\":\"1\"", "not a number"},
        {",\"exp\":1800000100,\"nbf\":null", "not a number"},
        {",\"exp\":1800000100,\"iat\":1800000060", NULL},
        {",\"exp\":1800000100,\"iat\":1800000061", "not valid yet"},
        {",\"exp\":1800000100,\"iat\":1.5", NULL},
        {",\"exp\":1800000100,\"iat\":\"now\"", "not a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *token_text = with_claims(arena_printf(&arena, "{" BASE "%s}", cases[i].times));
        struct token token;
        if (cases[i].reason)
            EXPECT(refused(token_text, cases[i].reason));
        else
            EXPECT(accepted(token_text, &token));
    }
}

TEST(token_verify__audience_issuer_and_subject)
{
    static const struct {
        const char *claims, *reason;
    } cases[] = {
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":[\"x\",\"" OURS "\"]", NULL},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":\"second\"", NULL},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\"", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":null", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":[]", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":\"\"", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":\"" OURS "/\"", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":\"https://cohelm.example\"", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":\"HTTPS://cohelm.example.org\"", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":[[\"" OURS "\"]]", "audience"},
        {"\"iss\":\"" IDP "\",\"sub\":\"s\",\"aud\":{\"" OURS "\":true}", "audience"},
        {"\"iss\":\"" IDP "/\",\"sub\":\"s\",\"aud\":\"" OURS "\"", "not known"},
        {"\"iss\":\"HTTPS://idp.example.org\",\"sub\":\"s\",\"aud\":\"" OURS "\"", "not known"},
        {"\"iss\":\"\",\"sub\":\"s\",\"aud\":\"" OURS "\"", "not known"},
        {"\"iss\":[\"" IDP "\"],\"sub\":\"s\",\"aud\":\"" OURS "\"", "no issuer"},
        {"\"sub\":\"s\",\"aud\":\"" OURS "\"", "no issuer"},
        {"\"iss\":\"" IDP "\",\"aud\":\"" OURS "\"", "no subject"},
        {"\"iss\":\"" IDP "\",\"sub\":\"\",\"aud\":\"" OURS "\"", "no subject"},
        {"\"iss\":\"" IDP "\",\"sub\":7,\"aud\":\"" OURS "\"", "no subject"},
        {"\"iss\":\"" IDP "\",\"sub\":\"a\\u0001\",\"aud\":\"" OURS "\"", "no subject"},
        {"\"iss\":\"" IDP "\",\"sub\":\"a\\u0000b\",\"aud\":\"" OURS "\"", "malformed"},
        /* Another issuer's name over a key that is not its own. */
        {"\"iss\":\"" OTHER "\",\"sub\":\"s\",\"aud\":\"" OURS "\"", "algorithm"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text =
            with_claims(arena_printf(&arena, "{%s,\"exp\":1800000100}", cases[i].claims));
        struct token token;
        if (cases[i].reason)
            EXPECT(refused(text, cases[i].reason));
        else
            EXPECT(accepted(text, &token));
    }
    char subject[257];
    memset(subject, 'x', sizeof subject);
    subject[256] = '\0';
    for (int len = 256; len >= 255; len--) {
        struct token token;
        const char *text = with_claims(arena_printf(
            &arena,
            "{\"iss\":\"" IDP "\",\"sub\":\"%.*s\",\"aud\":\"" OURS "\",\"exp\":1800000100}", len,
            subject));
        EXPECT(len == 255 ? accepted(text, &token) : refused(text, "no subject"));
    }
}

TEST(token_verify__algorithm_is_exact_and_of_the_issuer)
{
    static const char *const headers[] = {
        "{\"kid\":\"ES256\"}",
        "{\"alg\":\"none\",\"kid\":\"ES256\"}",
        "{\"alg\":\"None\",\"kid\":\"ES256\"}",
        "{\"alg\":\"\",\"kid\":\"ES256\"}",
        "{\"alg\":\"es256\",\"kid\":\"ES256\"}",
        "{\"alg\":\"ES256 \",\"kid\":\"ES256\"}",
        "{\"alg\":\"ES256K\",\"kid\":\"ES256\"}",
        "{\"alg\":null,\"kid\":\"ES256\"}",
        "{\"alg\":[\"ES256\"],\"kid\":\"ES256\"}",
        "{\"alg\":\"RSA-OAEP\",\"kid\":\"ES256\"}",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        EXPECT(refused(with_header(headers[i]), "algorithm"));
    /* Known, but not in the issuer's list; in the list, but not of the key. */
    EXPECT(refused(with_header("{\"alg\":\"HS256\",\"kid\":\"ES256\"}"), "algorithm"));
    EXPECT(refused(with_header("{\"alg\":\"ES384\",\"kid\":\"ES256\"}"), "no such key"));
    EXPECT(refused(with_header("{\"alg\":\"RS256\",\"kid\":\"ES256\"}"), "no such key"));
    EXPECT(refused(with_header("{\"alg\":\"ES256\",\"alg\":\"none\",\"kid\":\"ES256\"}"),
                   "malformed"));
}

/* Tokens signed with HMAC, the key being what everybody can have: the public key as PEM, DER, JWK
 * and coordinates, and nothing. */
TEST(token_verify__public_keys_are_no_secrets)
{
    unsigned char *der = NULL;
    int der_len = i2d_PUBKEY(jose_key(JWS_RS256), &der);
    BIO *pem = BIO_new(BIO_s_mem());
    char *pem_data = NULL;
    EXPECT(der_len > 0 && PEM_write_bio_PUBKEY(pem, jose_key(JWS_RS256)));
    long pem_len = BIO_get_mem_data(pem, &pem_data);
    const char *jwk = jose_jwk(&arena, JWS_RS256, ",\"kid\":\"RS256\"");
    const struct {
        const void *key;
        size_t len;
    } keys[] = {{der, (size_t)der_len}, {pem_data, (size_t)pem_len}, {jwk, strlen(jwk)}, {"", 0}};
    static const char *const kids[] = {"RS256", "oct"};
    static const char *const names[] = {IDP, SHARED};
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 2; k++) {
            const char *header =
                arena_printf(&arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", kids[k]);
            const char *claims = arena_printf(
                &arena, "{\"iss\":\"%s\",\"sub\":\"s\",\"aud\":\"" OURS "\",\"exp\":1800000100}",
                names[k]);
            const char *data =
                arena_printf(&arena, "%s.%s", jose_base64(&arena, header, strlen(header)),
                             jose_base64(&arena, claims, strlen(claims)));
            unsigned char mac[32];
            hmac_sha256(keys[i].key, keys[i].len, data, strlen(data), mac);
            EXPECT(refused(arena_printf(&arena, "%s.%s", data, jose_base64(&arena, mac, 32)),
                           k == 0 ? "algorithm" : "signature"));
        }
    BIO_free(pem);
    OPENSSL_free(der);
}

TEST(token_verify__kid_is_of_the_issuers_keys)
{
    static const char *const headers[] = {
        "{\"alg\":\"ES256\",\"kid\":\"theirs\"}", "{\"alg\":\"ES256\",\"kid\":\"\"}",
        "{\"alg\":\"ES256\",\"kid\":\"es256\"}", "{\"alg\":\"ES256\",\"kid\":\"ES256 \"}",
        "{\"alg\":\"ES256\",\"kid\":\"../../dev/null\"}"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        EXPECT(refused(with_header(headers[i]), "no such key"));
    EXPECT(refused(with_header("{\"alg\":\"ES256\",\"kid\":7}"), "kid"));
    EXPECT(refused(with_header("{\"alg\":\"ES256\",\"kid\":null}"), "kid"));
    struct token token;
    /* Without one, the key must be the only one of its algorithm. */
    EXPECT(accepted(with_header("{\"alg\":\"ES256\"}"), &token));
    const char *bare =
        "{\"iss\":\"" BARE "\",\"sub\":\"s\",\"aud\":\"" OURS "\",\"exp\":1800000100}";
    EXPECT(accepted(jose_token(&arena, JWS_ES256, "{\"alg\":\"ES256\"}", bare), &token));
    EXPECT(refused(jose_token(&arena, JWS_ES256, HEADER, bare), "no such key"));
}

TEST(token_verify__keys_in_the_header_are_ignored)
{
    /* The key of the header made the signature; its kid is of another key of the issuer. */
    const char *header = arena_printf(
        &arena,
        "{\"alg\":\"ES384\",\"kid\":\"ES384\",\"jwk\":%s,\"jku\":\"https://evil.example\","
        "\"x5u\":\"https://evil.example\",\"x5c\":[\"AA==\"]}",
        jose_jwk(&arena, JWS_ES256, ""));
    EXPECT(refused(jose_token(&arena, JWS_ES256, header, CLAIMS), "signature"));
    struct token token;
    EXPECT(accepted(jose_token(&arena, JWS_ES384, header, CLAIMS), &token));
}

TEST(token_verify__extensions_are_refused)
{
    static const char *const headers[] = {
        "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}",
        "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":[]}",
        "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":null}"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        EXPECT(refused(with_header(headers[i]), "extension"));
}

TEST(token_verify__types)
{
    static const struct {
        const char *typ;
        bool fine;
    } cases[] = {{"\"JWT\"", true},
                 {"\"jwt\"", true},
                 {"\"at+jwt\"", true},
                 {"\"AT+JWT\"", true},
                 {"\"application/at+jwt\"", true},
                 {"\"Application/JWT\"", true},
                 {"\"\"", false},
                 {"\"JOSE\"", false},
                 {"\"id_token\"", false},
                 {"\"logout+jwt\"", false},
                 {"\"secevent+jwt\"", false},
                 {"\"dpop+jwt\"", false},
                 {"\"at+jwt \"", false},
                 {"\"application/\"", false},
                 {"\"application/application/jwt\"", false},
                 {"null", false},
                 {"7", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = with_header(
            arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"typ\":%s}", cases[i].typ));
        struct token token;
        EXPECT(cases[i].fine ? accepted(text, &token) : refused(text, "access token"));
    }
}

TEST(token_verify__id_tokens_are_no_access_tokens)
{
    static const char *const others[] = {",\"nonce\":\"n\"",
                                         ",\"at_hash\":\"h\"",
                                         ",\"c_hash\":\"h\"",
                                         ",\"typ\":\"ID\"",
                                         ",\"typ\":\"Refresh\"",
                                         ",\"typ\":\"Offline\"",
                                         ",\"token_use\":\"id\"",
                                         ",\"events\":{\"logout\":{}}",
                                         ",\"typ\":\"Bearer\",\"at_hash\":\"h\""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        EXPECT(refused(with(others[i]), "access token"));
    struct token token;
    EXPECT(accepted(with(",\"typ\":\"Bearer\",\"nonce\":\"n\""), &token));
    EXPECT(accepted(with(",\"token_use\":\"access\""), &token));
    EXPECT(accepted(jose_token(&arena, JWS_ES256,
                               "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"typ\":\"at+jwt\"}",
                               "{" BASE ",\"exp\":1800000100,\"nonce\":\"n\"}"),
                    &token));
    const char *strict =
        "{\"iss\":\"" STRICT "\",\"sub\":\"s\",\"aud\":\"" OURS "\",\"exp\":1800000100}";
    EXPECT(refused(with_claims(strict), "access token"));
    EXPECT(accepted(jose_token(&arena, JWS_ES256,
                               "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"typ\":\"at+jwt\"}", strict),
                    &token));
}

TEST(token_verify__exactly_three_parts)
{
    const char *good = with("");
    const char *signature = strrchr(good, '.') + 1;
    int data = (int)(signature - good - 1);
    static const char *const forms[] = {
        "",    ".",        "..",   "...",         "a",
        "a.b", "a..c",     ".b.c", "a.b.",        "a.b.c.d",
        "Zg",  "Zg.Zg.Zg", " ",    "e30.e30.e30", "bnVsbA.bnVsbA.bnVsbA"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        EXPECT(refused(forms[i], "The"));
    EXPECT(refused(arena_printf(&arena, "%.*s", data, good), "three parts"));
    EXPECT(refused(arena_printf(&arena, "%.*s.", data, good), "three parts"));
    EXPECT(refused(arena_printf(&arena, "%s.", good), "three parts"));
    EXPECT(refused(arena_printf(&arena, "%s.%s", good, signature), "three parts"));
    EXPECT(refused(arena_printf(&arena, ".%s", good), "three parts"));
    EXPECT(refused(arena_printf(&arena, "%s=", good), "malformed"));
    EXPECT(refused(arena_printf(&arena, "%s==", good), "malformed"));
    EXPECT(refused(arena_printf(&arena, "%s\n", good), "malformed"));
    EXPECT(refused(arena_printf(&arena, " %s", good), "malformed"));
    EXPECT(refused(arena_printf(&arena, "%sA", good), "The"));
    EXPECT(refused(arena_printf(&arena, "%sAAAA", good), "signature"));
    EXPECT(refused_bytes(good, strlen(good) + 1, "malformed")); /* with its NUL */
    EXPECT(refused_bytes(good, strlen(good) - 1, "The"));
    EXPECT(refused_bytes("a.b.c", 0, "three parts"));
}

/* Whatever single character is replaced by whatever other one: no second text is as good, junk in
 * the unused bits of a part's last character and the other base64 alphabet included. */
TEST(token_verify__no_other_text_is_as_good)
{
    static const char others[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n";
    static const enum jws_algorithm algorithms[] = {JWS_ES256, JWS_EDDSA, JWS_ES512};
    for (size_t a = 0; a < 3; a++) {
        const char *header = arena_printf(&arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}",
                                          jose_names[algorithms[a]], jose_names[algorithms[a]]);
        const char *good = jose_token(&arena, algorithms[a], header, CLAIMS);
        size_t len = strlen(good), tail = 3;
        struct token token;
        EXPECT(accepted(good, &token));
        struct arena kept = arena;
        int better = 0;
        for (size_t at = 0; at < len; at++) {
            /* All characters where they may be unused bits, some elsewhere. */
            bool end = at + tail >= len || good[at + 1] == '.' || good[at] == '.';
            for (size_t c = end ? 0 : at % 16; c < strlen(others); c += end ? 1 : 16) {
                const char *why = NULL;
                arena_init(&arena);
                char *text = arena_strdup(&arena, good);
                text[at] = others[c];
                if (others[c] != good[at] && verify_bytes(text, len, &token, &why))
                    better++;
                arena_release(&arena);
            }
        }
        arena = kept;
        EXPECT(better == 0);
    }
}

TEST(token_verify__header_and_claims_are_strict_json)
{
    static const char *const headers[] = {
        "",
        "[]",
        "null",
        "\"ES256\"",
        "{\"alg\":\"ES256\",\"kid\":\"ES256\"",
        "{\"alg\":\"ES256\",\"kid\":\"ES256\"}}",
        "{\"alg\":\"ES256\",\"kid\":\"ES256\",}",
        "{'alg':'ES256'}",
        "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"kid\":\"ES256\"}",
        "{\"alg\":\"ES256\",\"a\\u006cg\":\"ES256\",\"kid\":\"ES256\"}",
        "{\"alg\":\"ES256\",\"kid\":\"\xff\"}",
        "{\"alg\":\"ES256\\u0000\",\"kid\":\"ES256\"}"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        EXPECT(refused(with_header(headers[i]), "The"));
    static const char *const claims[] = {
        "[]",
        "null",
        "[" CLAIMS "]",
        CLAIMS CLAIMS,
        CLAIMS " x",
        "{" BASE ",\"exp\":1800000100,\"exp\":1800000100}",
        "{" BASE ",\"exp\":1,\"\\u0065xp\":1800000100}",
        "{" BASE ",\"exp\":1800000100,\"sub\":\"t\"}",
        "{" BASE ",\"exp\":1800000100,\"x\":{\"y\":1,\"y\":2}}",
        "{" BASE
        ",\"exp\":1800000100,\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]"
        "]]]]]]]]]]]}",
        "{" BASE ",\"exp\":1800000100,\"name\":\"\xc3\x28\"}",
        "{" BASE ",\"exp\":0x6b49d264}",
        "{" BASE ",\"exp\":NaN}"};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        EXPECT(refused(with_claims(claims[i]), "malformed"));
}

/* A token of exactly 8192 bytes, and of one more. */
TEST(token_verify__length)
{
    char filler[6200];
    bool edge = false, beyond = false;
    memset(filler, 'x', sizeof filler);
    for (int header = 0; header < 4; header++)
        for (int len = 5900; len < 6100; len++) {
            const char *text = jose_token(
                &arena, JWS_ES256,
                arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"ES256\"%*s}", header, ""),
                arena_printf(&arena, "{" BASE ",\"exp\":1800000100,\"x\":\"%.*s\"}", len, filler));
            struct token token;
            if (strlen(text) == TOKEN_LEN_MAX) {
                edge = true;
                EXPECT(accepted(text, &token));
            } else if (strlen(text) == TOKEN_LEN_MAX + 1) {
                beyond = true;
                EXPECT(refused(text, "longer"));
            }
            if (edge && beyond)
                return;
        }
    EXPECT(edge && beyond);
}

TEST(token_verify__shared_secrets)
{
    const char *claims =
        "{\"iss\":\"" SHARED "\",\"sub\":\"s\",\"aud\":\"" OURS "\",\"exp\":1800000100}";
    const char *good = jose_token(&arena, JWS_HS256, "{\"alg\":\"HS256\",\"kid\":\"oct\"}", claims);
    struct token token;
    EXPECT(accepted(good, &token));
    /* A MAC cut short, and that of another hash. */
    for (size_t cut = 4; cut < 43; cut += 4)
        EXPECT(refused_bytes(good, strlen(good) - cut, "The"));
    EXPECT(refused(jose_token(&arena, JWS_HS512, "{\"alg\":\"HS256\",\"kid\":\"oct\"}", claims),
                   "signature"));
    /* Nor does the secret serve the issuer with public keys. */
    EXPECT(refused(jose_token(&arena, JWS_HS256, "{\"alg\":\"HS256\",\"kid\":\"oct\"}", CLAIMS),
                   "algorithm"));
    EXPECT(refused(jose_token(&arena, JWS_ES256, HEADER, claims), "algorithm"));
}

/* The last of this file: everything is given back, so that a leak shows. */
TEST(issuers_close__gives_all_back)
{
    EXPECT(issuers_generation(issuers) == 0 && issuers_ready(issuers));
    issuers_close(issuers);
    arena_release(&arena);
}
