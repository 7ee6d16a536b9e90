/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "jose.h"
#include "keyset.h"

#define ALL_PUBLIC (((1U << JWS_ALGORITHMS) - 1) & ~JWS_SYMMETRIC)

/* RFC 7515 appendix A.1 */
#define A1_KEY                                                                                     \
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4" \
    "hcgUuTwjAzZr1Z9CAow\"}"
/* RFC 7515 appendix A.2 */
#define A2_N                                                                                       \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4" \
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re" \
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX" \
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define A2_KEY "{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQAB\"}"
/* RFC 7515 appendix A.3 */
#define A3_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define A3_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define A3_KEY "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}"
/* RFC 8037 appendix A.2 */
#define ED_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED_KEY "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"}"
/* RFC 7520 sections 3.1, 3.3 and 3.5 */
#define COOK_KID "\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig\""
#define COOK_EC                                                                                    \
    "{\"kty\":\"EC\"," COOK_KID ",\"crv\":\"P-521\",\"x\":\"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v" \
    "13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt\",\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9ht" \
    "ZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1\"}"
#define COOK_RSA                                                                                   \
    "{\"kty\":\"RSA\"," COOK_KID ",\"n\":\"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTe"  \
    "T-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQ" \
    "LrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8l" \
    "hzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQk" \
    "qgc5gHdrNP5zw\",\"e\":\"AQAB\"}"
#define COOK_OCT                                                                                   \
    "{\"kty\":\"oct\",\"kid\":\"018c0ae5-4d9b-471b-bfd6-eef314bc7037\",\"use\":\"sig\",\"alg\":"   \
    "\"HS256\",\"k\":\"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg\"}"

#define JOE                                                                                        \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"
#define FRODO                                                                                      \
    "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250" \
    "byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hl" \
    "cmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4"

struct vector {
    const char *source, *key;
    enum jws_algorithm algorithm;
    const char *data, *signature;
};

static const struct vector vectors[] = {
    {"RFC 7515 A.1", A1_KEY, JWS_HS256, "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." JOE,
     "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
    {"RFC 7515 A.2", A2_KEY, JWS_RS256, "eyJhbGciOiJSUzI1NiJ9." JOE,
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
     "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
     "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
     "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    {"RFC 7515 A.3", A3_KEY, JWS_ES256, "eyJhbGciOiJFUzI1NiJ9." JOE,
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {"RFC 8037 A.4", ED_KEY, JWS_EDDSA, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
    {"RFC 7520 4.1", COOK_RSA, JWS_RS256,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." FRODO,
     "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xugl"
     "II7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x"
     "8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE"
     "_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg"},
    {"RFC 7520 4.2", COOK_RSA, JWS_PS384,
     "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." FRODO,
     "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TT"
     "B5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrY"
     "RXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtf"
     "a64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw"},
    {"RFC 7520 4.3", COOK_EC, JWS_ES512,
     "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." FRODO,
     "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3"
     "mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2"},
    {"RFC 7520 4.4", COOK_OCT, JWS_HS256,
     "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9." FRODO,
     "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"},
};

static struct arena arena;

static struct jwk *parse(const char *text, unsigned algorithms, const char **why)
{
    struct json value;
    struct json_error error;
    bool read = json_read(&arena, text, strlen(text), &value, &error);
    EXPECT(read);
    return read ? jwk_parse(&arena, &value, algorithms, why) : NULL;
}

static struct jwk *parse_for(const char *text, enum jws_algorithm algorithm)
{
    const char *why = NULL;
    struct jwk *key = parse(text, 1U << algorithm, &why);
    if (!key)
        printf("# %s: %s\n", text, why ? why : "skipped");
    EXPECT(key);
    return key;
}

static struct key_set *parse_set(const char *text, unsigned algorithms, const char **why)
{
    return key_set_parse(&arena, text, strlen(text), algorithms, why);
}

TEST(jwk_verify__vectors_of_the_rfcs)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *v = &vectors[i];
        struct jwk *key = parse_for(v->key, v->algorithm);
        if (!key)
            continue;
        unsigned char signature[512];
        size_t len = 0;
        EXPECT(base64url_decode(v->signature, strlen(v->signature), signature, &len));
        bool valid = jwk_verify(key, v->algorithm, v->data, strlen(v->data), signature, len);
        if (!valid)
            printf("# %s\n", v->source);
        EXPECT(valid);
        EXPECT(!jwk_verify(key, v->algorithm, v->data, strlen(v->data) - 1, signature, len));
        EXPECT(!jwk_verify(key, v->algorithm, v->data, strlen(v->data), signature, len - 1));
        EXPECT(!jwk_verify(key, v->algorithm, v->data, strlen(v->data), signature, len + 1));
        EXPECT(!jwk_verify(key, v->algorithm, v->data, strlen(v->data), signature, 0));
        for (size_t at = 0; at < len; at++) {
            signature[at] ^= 1;
            EXPECT(!jwk_verify(key, v->algorithm, v->data, strlen(v->data), signature, len));
            signature[at] ^= 1;
        }
        jwk_release(key);
    }
    arena_release(&arena);
}

TEST(jwk_verify__each_algorithm_and_no_other)
{
    for (int a = 0; a < JWS_ALGORITHMS; a++) {
        enum jws_algorithm algorithm = (enum jws_algorithm)a;
        unsigned all = jose_is_hmac(algorithm) ? JWS_SYMMETRIC : ALL_PUBLIC;
        const char *why = NULL;
        struct jwk *key = parse(jose_jwk(&arena, algorithm, ""), all, &why);
        EXPECT(key);
        unsigned char signature[1024];
        size_t len = jose_signature(algorithm, "data", signature);
        for (int b = 0; key && b < JWS_ALGORITHMS; b++)
            EXPECT(jwk_verify(key, (enum jws_algorithm)b, "data", 4, signature, len) == (a == b));
        jwk_release(key);
    }
    arena_release(&arena);
}

/* Psychic signatures (CVE-2022-21449), and the DER form in place of r and s. */
TEST(jwk_verify__ecdsa_takes_only_r_and_s_in_range)
{
    struct jwk *key = parse_for(A3_KEY, JWS_ES256);
    unsigned char zero[64] = {0}, signature[80] = {0}, *der = NULL;
    EXPECT(!jwk_verify(key, JWS_ES256, "data", 4, zero, sizeof zero));
    size_t len = 0;
    const struct vector *v = &vectors[2];
    EXPECT(base64url_decode(v->signature, strlen(v->signature), signature, &len));
    ECDSA_SIG *pair = ECDSA_SIG_new();
    ECDSA_SIG_set0(pair, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
    int der_len = i2d_ECDSA_SIG(pair, &der);
    EXPECT(der_len > 0);
    EXPECT(!jwk_verify(key, JWS_ES256, v->data, strlen(v->data), der, (size_t)der_len));
    /* Each half with a zero byte in front is the same number, but not the same width. */
    unsigned char wide[66] = {0};
    memcpy(wide + 1, signature, 32);
    memcpy(wide + 34, signature + 32, 32);
    EXPECT(!jwk_verify(key, JWS_ES256, v->data, strlen(v->data), wide, sizeof wide));
    ECDSA_SIG_free(pair);
    OPENSSL_free(der);
    jwk_release(key);
    arena_release(&arena);
}

TEST(jwk_verify__pss_salt_is_as_long_as_the_hash)
{
    struct jwk *key = parse_for(jose_jwk(&arena, JWS_PS256, ""), JWS_PS256);
    unsigned char signature[512];
    size_t len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *params = NULL;
    EXPECT(
        EVP_DigestSignInit_ex(context, &params, "SHA256", NULL, NULL, jose_key(JWS_PS256), NULL));
    EVP_PKEY_CTX_set_rsa_padding(params, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(params, 20);
    EXPECT(EVP_DigestSign(context, signature, &len, (const unsigned char *)"data", 4) == 1);
    EXPECT(!jwk_verify(key, JWS_PS256, "data", 4, signature, len));
    EVP_MD_CTX_free(context);
    jwk_release(key);
    arena_release(&arena);
}

TEST(jwk_parse__refuses_weak_and_malformed_keys)
{
    /* P-256's point with y one higher; 32 zero bytes; RSA with 2047 bits, even exponent, 1 and 3.
     */
    static const char *const bad[][2] = {
        {"{}", "kty"},
        {"[]", "kty"},
        {"{\"kty\":1}", "kty"},
        {"{\"kty\":\"RSA\",\"kid\":7}", "kid"},
        {"{\"kty\":\"RSA\",\"kid\":\"\"}", "kid"},
        {"{\"kty\":\"RSA\"}", "n and e"},
        {"{\"kty\":\"RSA\",\"n\":\"" A2_N "\"}", "n and e"},
        {"{\"kty\":\"RSA\",\"n\":\"" A2_N "=\",\"e\":\"AQAB\"}", "n and e"},
        {"{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQ\"}", "exponent"},
        {"{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"Aw\"}", "exponent"},
        {"{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQAC\"}", "exponent"},
        {"{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"" A2_N "\"}", "exponent"},
        {"{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "2048"},
        {"{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQAB\",\"d\":\"AQAB\"}", "private"},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\"}", "coordinate"},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\",\"y\":\"" A3_X "\"}", "point"},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\",\"y\":\"AQAB\"}", "coordinate"},
        {"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}", "coordinate"},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
         "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
         "point"},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\",\"d\":\"AQ\"}",
         "private"},
        {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", "coordinate"},
        {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAB\"}", "coordinate"},
        {COOK_OCT, "mix"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;
        struct jwk *key = parse(bad[i][0], ALL_PUBLIC, &why);
        if (key || !why || !strstr(why, bad[i][1]))
            printf("# %s: %s\n", bad[i][0], why ? why : "(no reason)");
        EXPECT(!key && why && strstr(why, bad[i][1]));
        jwk_release(key);
    }
    arena_release(&arena);
}

/* A modulus that is prime, or even, is no RSA modulus: there is nothing to factor. */
TEST(jwk_parse__refuses_a_modulus_that_is_none)
{
    BIGNUM *prime = BN_new();
    EXPECT(BN_generate_prime_ex(prime, 2048, 0, NULL, NULL, NULL));
    for (int even = 0; even < 2; even++) {
        unsigned char bytes[256];
        const char *why = NULL;
        if (even)
            BN_sub_word(prime, 1);
        BN_bn2binpad(prime, bytes, sizeof bytes);
        struct jwk *key =
            parse(arena_printf(&arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}",
                               jose_base64(&arena, bytes, sizeof bytes)),
                  ALL_PUBLIC, &why);
        EXPECT(!key && why && strstr(why, "modulus"));
        jwk_release(key);
    }
    BN_free(prime);
    arena_release(&arena);
}

TEST(jwk_parse__ignores_keys_for_other_things)
{
    static const char *const others[] = {
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AQ\",\"y\":\"AQ\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AQ\"}",
        "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AQ\"}",
        "{\"kty\":\"EC\"}",
        "{\"kty\":\"RSA\",\"use\":\"enc\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"use\":7,\"n\":\"" A2_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"alg\":\"RSA-OAEP\",\"n\":\"" A2_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"alg\":\"rs256\",\"n\":\"" A2_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"alg\":\"ES256\",\"n\":\"" A2_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"key_ops\":[\"encrypt\"],\"n\":\"" A2_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"rsa\",\"n\":\"" A2_N "\",\"e\":\"AQAB\"}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *why = "";
        struct jwk *key = parse(others[i], ALL_PUBLIC, &why);
        EXPECT(!key && !why);
        jwk_release(key);
    }
    arena_release(&arena);
}

TEST(jwk_parse__alg_binds_the_key)
{
    const char *why = NULL;
    struct jwk *key =
        parse(jose_jwk(&arena, JWS_RS256, ",\"alg\":\"PS512\",\"use\":\"sig\""), ALL_PUBLIC, &why);
    for (int a = 0; key && a < JWS_ALGORITHMS; a++)
        EXPECT(jwk_suits(key, (enum jws_algorithm)a) == (a == JWS_PS512));
    EXPECT(key);
    jwk_release(key);
    arena_release(&arena);
}

TEST(jwk_from_secret__needs_length_and_chance)
{
    static const struct {
        const char *secret;
        size_t len;
        unsigned algorithms;
        const char *fault; /* NULL: accepted */
    } cases[] = {
        {jose_secret, 32, 1U << JWS_HS256, NULL},
        {jose_secret, 31, 1U << JWS_HS256, "32"},
        {jose_secret, 48, 1U << JWS_HS384, NULL},
        {jose_secret, 47, 1U << JWS_HS384, "48"},
        {jose_secret, 64, 1U << JWS_HS512, NULL},
        {jose_secret, 63, 1U << JWS_HS512 | 1U << JWS_HS256, "64"},
        {jose_secret, 64, 1U << JWS_RS256, "no use"},
        {"", 0, 1U << JWS_HS256, "32"},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 40, 1U << JWS_HS256, "guessed"},
        {"abcabcabcabcabcabcabcabcabcabcabcabcabcabc", 42, 1U << JWS_HS256, "guessed"},
        {"your-256-bit-Secret-0123456789abcdefghij", 40, 1U << JWS_HS256, "guessed"},
        {"CHANGEME-0123456789abcdefghijklmnopqrstu", 40, 1U << JWS_HS256, "guessed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = NULL;
        struct jwk *key = jwk_from_secret(cases[i].secret, cases[i].len, cases[i].algorithms, &why);
        EXPECT(!key == !!cases[i].fault);
        EXPECT(cases[i].fault ? why && strstr(why, cases[i].fault) : !why);
        jwk_release(key);
    }
}

static void expect_thumbprint(const char *text, enum jws_algorithm algorithm, const char *expected)
{
    char thumbprint[JWK_THUMBPRINT_LEN + 1];
    struct jwk *key = parse_for(text, algorithm);
    jwk_thumbprint(key, thumbprint);
    EXPECT_TEXT(thumbprint, expected);
    jwk_release(key);
}

TEST(jwk_thumbprint__rfc_7638_and_8037)
{
    expect_thumbprint("{\"kty\":\"RSA\",\"n\":"
                      "\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1"
                      "RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-"
                      "5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0"
                      "h4QyQ5v-65YGjQR0_"
                      "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qN"
                      "Lyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
                      "kEgU8awapJzKnqDK"
                      "gw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
                      JWS_RS256, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    expect_thumbprint(ED_KEY, JWS_EDDSA, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    arena_release(&arena);
}

TEST(jwk_write__gives_back_what_was_read)
{
    for (int a = JWS_RS256; a < JWS_ALGORITHMS; a++) {
        const char *text =
            jose_jwk(&arena, (enum jws_algorithm)a, ",\"kid\":\"a \\\"quoted\\\" one\"");
        struct jwk *key = parse_for(text, (enum jws_algorithm)a);
        struct buf buf;
        buf_init(&buf, &arena, 4096);
        jwk_write(key, &buf);
        struct json before, after;
        struct json_error error;
        EXPECT(json_read(&arena, text, strlen(text), &before, &error));
        EXPECT(json_read(&arena, buf.data, buf.len, &after, &error));
        for (size_t i = 0; i < before.map.count; i++) {
            const struct json *other = json_get(&after, before.map.members[i].key);
            EXPECT(other && json_same(&before.map.members[i].value, other));
        }
        EXPECT_TEXT(json_get_text(&after, "alg"), jose_names[a]);
        EXPECT_TEXT(json_get_text(&after, "use"), "sig");
        EXPECT(after.map.count == before.map.count + 2);
        jwk_release(key);
    }
    arena_release(&arena);
}

TEST(key_set_parse__refuses_sets_that_can_not_be_used)
{
    static const char *const bad[][2] = {
        {"", "JSON"},
        {"{\"keys\":[],\"keys\":[]}", "JSON"},
        {"[]", "list"},
        {"{}", "list"},
        {"{\"keys\":{}}", "list"},
        {"{\"keys\":[]}", "no key"},
        {"{\"keys\":[7]}", "kty"},
        {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"secp256k1\"}]}", "no key"},
        {"{\"keys\":[" A3_KEY "," A3_KEY "]}", "no kid"},
        {"{\"keys\":[" COOK_RSA "," COOK_RSA "]}", "bilbo"},
        {"{\"keys\":[" A3_KEY ",{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"kid\":\"weak\"}]}",
         "weak"},
        {"{\"keys\":[" A3_KEY "," A1_KEY "]}", "mix"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;
        struct key_set *set = parse_set(bad[i][0], ALL_PUBLIC, &why);
        if (set || !why || !strstr(why, bad[i][1]))
            printf("# %s: %s\n", bad[i][0], why ? why : "(no reason)");
        EXPECT(!set && why && strstr(why, bad[i][1]));
        key_set_release(set);
    }
    arena_release(&arena);
}

TEST(key_set_find__by_kid_and_algorithm)
{
    const char *why = NULL;
    /* One kid for two types is allowed. */
    struct key_set *set =
        parse_set("{\"keys\":[" COOK_RSA "," COOK_EC "," ED_KEY "]}", ALL_PUBLIC, &why);
    static const char bilbo[] = "bilbo.baggins@hobbiton.example";
    EXPECT(key_set_find(set, JWS_RS256, bilbo, 0) == key_set_first(set));
    EXPECT(key_set_find(set, JWS_PS512, bilbo, 0) == key_set_first(set));
    const struct jwk *ec = key_set_find(set, JWS_ES512, bilbo, 0);
    EXPECT(ec && ec != key_set_first(set));
    EXPECT(!key_set_find(set, JWS_ES256, bilbo, 0));
    EXPECT(!key_set_find(set, JWS_EDDSA, bilbo, 0));
    EXPECT(!key_set_find(set, JWS_RS256, "frodo", 0));
    EXPECT(!key_set_find(set, JWS_RS256, "", 0));
    EXPECT(key_set_find(set, JWS_ES512, NULL, 0) == ec);
    EXPECT(key_set_find(set, JWS_EDDSA, NULL, 0));
    key_set_release(set);
    arena_release(&arena);
}

TEST(key_set_find__without_kid_only_when_there_is_no_choice)
{
    const char *why = NULL;
    const char *one = jose_jwk(&arena, JWS_ES256, ",\"kid\":\"1\"");
    struct key_set *set =
        parse_set(arena_printf(&arena, "{\"keys\":[%s," A3_KEY "]}", one), ALL_PUBLIC, &why);
    EXPECT(set && !key_set_find(set, JWS_ES256, NULL, 0));
    EXPECT(set && key_set_find(set, JWS_ES256, "1", 0));
    key_set_release(set);
    arena_release(&arena);
}

TEST(key_set_merge__keeps_old_keys_for_a_time)
{
    const char *why = NULL;
    const char *old_text = jose_jwk(&arena, JWS_ES256, ",\"kid\":\"old\"");
    const char *new_text = jose_jwk(&arena, JWS_ES256, ",\"kid\":\"new\"");
    struct key_set *old =
        parse_set(arena_printf(&arena, "{\"keys\":[%s," COOK_RSA "]}", old_text), ALL_PUBLIC, &why);
    struct key_set *fresh =
        parse_set(arena_printf(&arena, "{\"keys\":[%s," COOK_RSA "]}", new_text), ALL_PUBLIC, &why);
    struct key_set *merged = key_set_merge(fresh, old, 1000);
    EXPECT(key_set_find(merged, JWS_ES256, "new", 5000));
    EXPECT(key_set_find(merged, JWS_ES256, "old", 999));
    EXPECT(!key_set_find(merged, JWS_ES256, "old", 1000));
    EXPECT(key_set_find(merged, JWS_RS256, "bilbo.baggins@hobbiton.example", 5000));
    /* A second refresh doesn't prolong it. */
    struct key_set *again = key_set_merge(fresh, merged, 2000);
    EXPECT(key_set_find(again, JWS_ES256, "old", 999));
    EXPECT(!key_set_find(again, JWS_ES256, "old", 1000));
    key_set_release(old);
    key_set_release(fresh);
    key_set_release(merged);
    EXPECT(key_set_find(again, JWS_ES256, "new", 5000));
    key_set_release(again);
    arena_release(&arena);
}

TEST(key_set_from_pem__reads_all_private_keys)
{
    /* `openssl ecparam -name prime256v1 -genkey` and `openssl genpkey`, made for this test. */
#define SEC1                                                                                       \
    "-----BEGIN EC PARAMETERS-----\n"                                                              \
    "BggqhkjOPQMBBw==\n"                                                                           \
    "-----END EC PARAMETERS-----\n"                                                                \
    "-----BEGIN EC PRIVATE KEY-----\n"                                                             \
    "MHcCAQEEIO4eusdtBSICwX2zfXWFznHpIX1vx7bo7vLTd013MB+loAoGCCqGSM49\n"                           \
    "AwEHoUQDQgAEPUnc07MlxS6OjANlLexNR9OQQavtjnWlJK0UrhcKqRgWKmYC/PL+\n"                           \
    "16jyxNLeoRtRvgIwTqcDjD2SRarUTcViAQ==\n"                                                       \
    "-----END EC PRIVATE KEY-----\n"
#define PKCS8                                                                                      \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvXZAqURA9DaORFu+\n"                           \
    "+v/vYS+CmrXxRKaz3d/jwWzbG1ahRANCAASxlRVDaBtCwFAANuNmoUlI2qkA/EGM\n"                           \
    "djOWq+I+NzwPLxO1zxAhr7rAE4sl3Bv9j3D+U82gmOh2tZ5oTZZWSejx\n"                                   \
    "-----END PRIVATE KEY-----\n"
    static const char first[] = "mFV9ItKNdv9crA7KR_WqU4pTniLwQBnNzcpDMKtJ2hs",
                      second[] = "X--30xy5B5uS2dDBb4KJVmYM-M3wtK0Vg4W66-7BySo";
    const char *why = NULL;
    struct key_set *set = key_set_from_pem(SEC1 PKCS8, &why);
    EXPECT(set && !why);
    if (set) {
        EXPECT_TEXT(jwk_kid(key_set_first(set)), first);
        EXPECT(key_set_find(set, JWS_ES256, first, 0) && key_set_find(set, JWS_ES256, second, 0));
        struct buf buf;
        buf_init(&buf, &arena, 4096);
        key_set_write(set, &buf);
        EXPECT(!strstr(buf_cstr(&buf), "\"d\""));
        struct key_set *public = parse_set(buf_cstr(&buf), ALL_PUBLIC, &why);
        EXPECT(public && key_set_find(public, JWS_ES256, second, 0));
        key_set_release(public);
    }
    key_set_release(set);
    arena_release(&arena);
}

TEST(key_set_from_pem__refuses_what_does_not_sign)
{
    static const char *const bad[] = {
        "",
        "no key at all",
        "-----BEGIN PRIVATE KEY-----\nMEE=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n"
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsZUVQ2gbQsBQADbjZqFJSNqpAPxB\n"
        "jHYzlqviPjc8Dy8Ttc8QIa+6wBOLJdwb/Y9w/lPNoJjodrWeaE2WVkno8Q==\n"
        "-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n"
        "MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAo6H5ckSboubVDvRM\n"
        "SiXl+A9DAvTJmBazLY8zQ5a6/8MqLL4EzsQB3HZx3NA0LApVvho5P3uxfZi4Wuwl\n"
        "OGD1pwIDAQABAkBZmukuWcOggSdK+RyNvhMgs7rOc52xWzzjRfecm33rb+PoQzGY\n"
        "rVzUej8mQzIB0HGsys/XgycWqNq0rDfH91EBAiEA1G6w2QHrW6ZbqZVf5sRaNhPx\n"
        "W7VJNfUQx74UJax21mkCIQDFMSktbXBK5FXDXiJnnq66rUQqyov5Amzhc103cRmJ\n"
        "jwIhAIF/ZME1IVOCaxhK3eZgRhn3OEfOkG2bEfqhjciVhPAZAiB3P1N3dUcDAzIa\n"
        "A0MrBnsDyOQAPJyI6T6O2AT3Eh4vYQIgLuxbVWA9QaL1o27VBpBPrugZapt89SKP\n"
        "IZFdSuczRxo=\n"
        "-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n"
        "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAmWOatEJEftuRbCxWX\n"
        "iVhmSw7mP9SlEoeDCU4Vevu4tVgRW1bNXw4y7XuHtM4678+hZANiAAQKms4mjRrb\n"
        "lRLJ2mdGKeiMD9faLlUsXuksQHiHnhiBDgzP0u7SKgUsCXTZjTYwAEqa6udCSyMp\n"
        "s/UsJZyjuFWv48bQBklf9AiLk/NgSoFuMWWg+fRQUs2xP3a2HWpFrrE=\n"
        "-----END PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiuhMlNNeLAWQICCAAw\n"
        "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEF64xjyZhV7tQ2RLqN3C7IkEgZAa\n"
        "XLeQRv9MgoIZDGxTKfjzxXRn4aMTGF5WIXrllcnlPeErDKNrrikN/hwlwi8QSZDb\n"
        "B7ysNm/7nePQDF8yGfrcc5rKIDB2FQSuhZFjHlUbrnoHS9/zrbVXF9exWRmkmNl3\n"
        "CcnFaj4FiGIaGWXVHOwWnCofa4RFu4EzOhKd183uq9fVE+b7oWwH7c96HLqyCpo=\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;
        struct key_set *set = key_set_from_pem(bad[i], &why);
        EXPECT(!set && why);
        key_set_release(set);
    }
}
