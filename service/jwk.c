/* SPDX-License-Identifier: Apache-2.0 */
#include "jwk.h"

#include "crypto.h"
#include "pkey.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KID_MAX 256
#define SECRET_MAX 1024

struct algorithm {
    const char *name;
    bool symmetric;
    enum pkey_scheme scheme;
    int bits;           /* of the hash */
    const char *digest; /* OpenSSL's name of it; NULL: part of the algorithm */
    const char *type;   /* `kty` */
    const char *curve;  /* `crv`, or NULL */
    const char *group;  /* OpenSSL's name of the curve */
    size_t width;       /* bytes of a coordinate, of r and of s */
};

#define HMAC(name, bits)                                                                           \
    {                                                                                              \
        name, true, PKEY_RSA_PKCS1, bits, NULL, "oct", NULL, NULL, 0                               \
    }
#define RSA(name, scheme, bits)                                                                    \
    {                                                                                              \
        name, false, scheme, bits, "SHA" #bits, "RSA", NULL, NULL, 0                               \
    }
#define EC(name, bits, curve, group, width)                                                        \
    {                                                                                              \
        name, false, PKEY_ECDSA, bits, "SHA" #bits, "EC", curve, group, width                      \
    }

static const struct algorithm known[JWS_ALGORITHMS] = {
    [JWS_HS256] = HMAC("HS256", 256),
    [JWS_HS384] = HMAC("HS384", 384),
    [JWS_HS512] = HMAC("HS512", 512),
    [JWS_RS256] = RSA("RS256", PKEY_RSA_PKCS1, 256),
    [JWS_RS384] = RSA("RS384", PKEY_RSA_PKCS1, 384),
    [JWS_RS512] = RSA("RS512", PKEY_RSA_PKCS1, 512),
    [JWS_PS256] = RSA("PS256", PKEY_RSA_PSS, 256),
    [JWS_PS384] = RSA("PS384", PKEY_RSA_PSS, 384),
    [JWS_PS512] = RSA("PS512", PKEY_RSA_PSS, 512),
    [JWS_ES256] = EC("ES256", 256, "P-256", PKEY_P256, 32),
    [JWS_ES384] = EC("ES384", 384, "P-384", PKEY_P384, 48),
    [JWS_ES512] = EC("ES512", 512, "P-521", PKEY_P521, 66),
    [JWS_EDDSA] = {"EdDSA", false, PKEY_ED25519, 512, NULL, "OKP", "Ed25519", NULL, 32},
};

struct jwk {
    atomic_uint holders;
    unsigned suits;                /* algorithms it may verify */
    const struct algorithm *model; /* any of them, for type and curve */
    char *kid;
    struct evp_pkey_st *pkey;
    unsigned char *secret; /* of symmetric keys, in place of pkey */
    size_t secret_len;
};

bool jws_algorithm_find(const char *name, enum jws_algorithm *algorithm)
{
    for (int i = 0; i < JWS_ALGORITHMS; i++)
        if (strcmp(known[i].name, name) == 0) {
            *algorithm = (enum jws_algorithm)i;
            return true;
        }
    return false;
}

static void *need(void *memory)
{
    if (!memory) {
        (void)fputs("cohelm: out of memory for a key\n", stderr);
        abort();
    }
    return memory;
}

/* Takes `pkey`; NULL if that is. */
static struct jwk *key_from(struct evp_pkey_st *pkey, unsigned suits)
{
    if (!pkey)
        return NULL;
    struct jwk *key = need(calloc(1, sizeof *key));
    atomic_init(&key->holders, 1);
    key->suits = suits;
    key->model = &known[__builtin_ctz(suits)];
    key->pkey = pkey;
    return key;
}

struct jwk *jwk_hold(struct jwk *key)
{
    atomic_fetch_add(&key->holders, 1);
    return key;
}

void jwk_release(struct jwk *key)
{
    if (!key || atomic_fetch_sub(&key->holders, 1) > 1)
        return;
    pkey_free(key->pkey);
    if (key->secret)
        bytes_wipe(key->secret, key->secret_len);
    free(key->secret);
    free(key->kid);
    free(key);
}

const char *jwk_kid(const struct jwk *key)
{
    return key->kid;
}

bool jwk_suits(const struct jwk *key, enum jws_algorithm algorithm)
{
    return key->suits >> algorithm & 1;
}

/* ---- shared secrets ---- */

/* Whether no generator made it: placeholders of configuration examples, texts of few different
 * bytes. 32 random hexadecimal digits have fewer than 8 different ones once in 10^7 times. */
static bool secret_is_weak(const unsigned char *secret, size_t len)
{
    static const char *const words[] = {"secret",  "changeme", "change-me", "change_me",
                                        "example", "password", "default",   "insecure"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t at = 0, word = strlen(words[i]); at + word <= len; at++)
            if (strncasecmp((const char *)secret + at, words[i], word) == 0)
                return true;
    bool seen[256] = {false};
    int different = 0;
    for (size_t i = 0; i < len; i++) {
        different += !seen[secret[i]];
        seen[secret[i]] = true;
    }
    return different < 8;
}

static const char *secret_fault(const unsigned char *secret, size_t len, unsigned algorithms)
{
    if (!(algorithms & JWS_SYMMETRIC))
        return "a shared secret is of no use but for HS256, HS384 and HS512";
    if (len > SECRET_MAX)
        return "a shared secret has at most 1024 bytes";
    if (algorithms & 1U << JWS_HS512 && len < 64)
        return "a shared secret for HS512 needs at least 64 bytes";
    if (algorithms & 1U << JWS_HS384 && len < 48)
        return "a shared secret for HS384 needs at least 48 bytes";
    if (len < 32)
        return "a shared secret for HS256 needs at least 32 bytes";
    if (secret_is_weak(secret, len))
        return "the shared secret is a placeholder or easily guessed; make one at random";
    return NULL;
}

struct jwk *jwk_from_secret(const void *secret, size_t len, unsigned algorithms, const char **why)
{
    *why = secret_fault(secret, len, algorithms);
    if (*why)
        return NULL;
    struct jwk *key = need(calloc(1, sizeof *key));
    atomic_init(&key->holders, 1);
    key->suits = algorithms & JWS_SYMMETRIC;
    key->model = &known[JWS_HS256];
    key->secret = need(malloc(len));
    memcpy(key->secret, secret, len);
    key->secret_len = len;
    return key;
}

/* ---- reading a JWK ---- */

/* A member in base64url, of exactly `width` bytes, or of 1 to `max` where `width` is 0. */
static bool read_bytes(const struct json *value, const char *name, size_t width, size_t max,
                       unsigned char *out, size_t *len)
{
    const struct json *member = json_get(value, name);
    if (!member || member->type != JSON_TEXT || member->text.len > BASE64URL_LEN(max) ||
        !base64url_decode(member->text.data, member->text.len, out, len))
        return false;
    return width ? *len == width : *len > 0;
}

static struct jwk *parse_secret(const struct json *value, unsigned suits, const char **why)
{
    unsigned char secret[BASE64URL_BYTES(BASE64URL_LEN(SECRET_MAX))];
    size_t len = 0;
    if (!read_bytes(value, "k", 0, SECRET_MAX, secret, &len)) {
        *why = "a shared secret needs k in base64url, of at most 1024 bytes";
        return NULL;
    }
    struct jwk *key = jwk_from_secret(secret, len, suits, why);
    bytes_wipe(secret, sizeof secret);
    return key;
}

static struct jwk *parse_rsa(const struct json *value, unsigned suits, const char **why)
{
    /* Some libraries put a zero byte in front (RFC 7518 section 6.3.1.1). */
    enum { MAX = PKEY_NUMBER_MAX + 1 };
    unsigned char n[BASE64URL_BYTES(BASE64URL_LEN(MAX))], e[sizeof n];
    size_t n_len = 0, e_len = 0;
    if (!read_bytes(value, "n", 0, MAX, n, &n_len) || !read_bytes(value, "e", 0, MAX, e, &e_len)) {
        *why = "an RSA key needs n and e in base64url, of at most 8192 bits";
        return NULL;
    }
    return key_from(pkey_rsa(n, n_len, e, e_len, why), suits);
}

static struct jwk *parse_curve(const struct json *value, unsigned suits, const char **why)
{
    const struct algorithm *a = &known[__builtin_ctz(suits)];
    unsigned char x[BASE64URL_BYTES(BASE64URL_LEN(PKEY_COORDINATE_MAX))], y[sizeof x];
    size_t len = 0;
    bool ec = a->scheme == PKEY_ECDSA;
    if (!read_bytes(value, "x", a->width, a->width, x, &len) ||
        (ec && !read_bytes(value, "y", a->width, a->width, y, &len))) {
        *why = "a coordinate is missing or not of the curve's width";
        return NULL;
    }
    return key_from(ec ? pkey_ec(a->group, a->width, x, y, why) : pkey_ed25519(x, why), suits);
}

/* The algorithms that a key of this type and curve verifies; 0 for types not known here. */
static unsigned type_algorithms(const char *type, const char *curve)
{
    unsigned suits = 0;
    for (unsigned i = 0; i < JWS_ALGORITHMS; i++)
        if (strcmp(type, known[i].type) == 0 &&
            (!known[i].curve || (curve && strcmp(curve, known[i].curve) == 0)))
            suits |= 1U << i;
    return suits;
}

static bool list_has(const struct json *list, const char *text)
{
    for (size_t i = 0; list->type == JSON_LIST && i < list->list.count; i++)
        if (json_is_text(&list->list.items[i], text))
            return true;
    return false;
}

/* What `use`, `key_ops` and `alg` leave of the algorithms (RFC 7517 sections 4.2 to 4.4). */
static unsigned purpose(const struct json *value, unsigned suits)
{
    const struct json *use = json_get(value, "use");
    const struct json *ops = json_get(value, "key_ops");
    const struct json *alg = json_get(value, "alg");
    if ((use && !json_is_text(use, "sig")) || (ops && !list_has(ops, "verify")))
        return 0;
    if (!alg)
        return suits;
    enum jws_algorithm only = JWS_ALGORITHMS;
    if (alg->type != JSON_TEXT || !jws_algorithm_find(alg->text.data, &only))
        return 0;
    return suits & 1U << only;
}

static struct jwk *parse_type(const struct json *value, unsigned suits, const char **why)
{
    if (suits & JWS_SYMMETRIC)
        return parse_secret(value, suits, why);
    if (json_get(value, "d")) {
        *why = "it is a private key; whoever can read it can make tokens";
        return NULL;
    }
    if (known[__builtin_ctz(suits)].curve)
        return parse_curve(value, suits, why);
    return parse_rsa(value, suits, why);
}

struct jwk *jwk_parse(struct arena *arena, const struct json *value, unsigned algorithms,
                      const char **why)
{
    *why = NULL;
    const char *type = json_get_text(value, "kty");
    const struct json *kid = json_get(value, "kid");
    if (!type) {
        *why = "a key is no object with kty";
        return NULL;
    }
    if (kid && (kid->type != JSON_TEXT || !kid->text.len || kid->text.len > KID_MAX)) {
        *why = "a kid must be a text of 1 to 256 bytes";
        return NULL;
    }
    const char *fault = NULL;
    struct jwk *key = NULL;
    unsigned suits = type_algorithms(type, json_get_text(value, "crv"));
    if (suits && !(suits & JWS_SYMMETRIC) != !(algorithms & JWS_SYMMETRIC))
        fault = "shared secrets and public keys don't mix";
    else if ((suits = purpose(value, suits & algorithms)) != 0)
        key = parse_type(value, suits, &fault);
    if (fault)
        *why = kid ? arena_printf(arena, "key %s: %s", kid->text.data, fault) : fault;
    if (key && kid)
        key->kid = need(strdup(kid->text.data));
    return key;
}

/* ---- verifying ---- */

bool jwk_verify(const struct jwk *key, enum jws_algorithm algorithm, const void *data, size_t len,
                const unsigned char *signature, size_t signature_len)
{
    if (!jwk_suits(key, algorithm))
        return false;
    const struct algorithm *a = &known[algorithm];
    if (a->symmetric) {
        unsigned char mac[SHA2_MAX_LEN];
        size_t mac_len = hmac_sha2(a->bits, key->secret, key->secret_len, data, len, mac);
        return signature_len == mac_len && bytes_equal_constant_time(mac, signature, mac_len);
    }
    if (a->scheme == PKEY_ECDSA && signature_len != 2 * a->width)
        return false;
    return pkey_verify(key->pkey, a->scheme, a->digest, data, len, signature, signature_len);
}

/* ---- writing, and the service's own keys ---- */

static void write_number(struct buf *buf, const struct jwk *key, char name)
{
    unsigned char bytes[PKEY_NUMBER_MAX];
    char text[BASE64URL_LEN(sizeof bytes) + 1];
    (void)base64url_encode(bytes, pkey_number(key->pkey, name, key->model->width, bytes), text);
    buf_printf(buf, "\"%c\":\"%s\"", name, text);
}

/* The members that make the key, in the order and form of RFC 7638 section 3. */
static void write_members(struct buf *buf, const struct jwk *key)
{
    if (!key->model->curve) {
        write_number(buf, key, 'e');
        buf_text(buf, ",\"kty\":\"RSA\",");
        write_number(buf, key, 'n');
        return;
    }
    buf_printf(buf, "\"crv\":\"%s\",\"kty\":\"%s\",", key->model->curve, key->model->type);
    write_number(buf, key, 'x');
    if (key->model->scheme == PKEY_ECDSA) {
        buf_char(buf, ',');
        write_number(buf, key, 'y');
    }
}

void jwk_thumbprint(const struct jwk *key, char out[JWK_THUMBPRINT_LEN + 1])
{
    struct arena arena;
    struct buf buf;
    unsigned char hash[SHA256_LEN];
    arena_init(&arena);
    buf_init(&buf, &arena, 4096);
    buf_char(&buf, '{');
    write_members(&buf, key);
    buf_char(&buf, '}');
    sha256(buf.data, buf.len, hash);
    base64url_encode(hash, sizeof hash, out);
    arena_release(&arena);
}

void jwk_write(const struct jwk *key, struct buf *buf)
{
    buf_char(buf, '{');
    write_members(buf, key);
    if (!(key->suits & (key->suits - 1))) /* of several algorithms it isn't bound to one */
        buf_printf(buf, ",\"alg\":\"%s\"", key->model->name);
    if (key->kid) {
        buf_text(buf, ",\"kid\":");
        buf_json_string(buf, key->kid, strlen(key->kid));
    }
    buf_text(buf, ",\"use\":\"sig\"}");
}

struct jwk *jwk_from_pem(const char **pem, const char **why)
{
    static const char label[] = "PRIVATE KEY-----";
    *why = NULL;
    /* Other blocks are skipped: `openssl ecparam -genkey` puts one of parameters in front. */
    const char *begin = strstr(*pem, "-----BEGIN ");
    const char *first = begin ? strstr(begin, label) : NULL;
    if (!first)
        return NULL;
    for (const char *p = begin; p && p < first; p = strstr(p + 1, "-----BEGIN "))
        begin = p;
    const char *last = strstr(first + 1, label); /* of the END line */
    *pem = last ? last + strlen(label) : begin + strlen(begin);
    struct jwk *key = key_from(pkey_from_pem(begin, (size_t)(*pem - begin), why), 1U << JWS_ES256);
    if (key) {
        key->kid = need(malloc(JWK_THUMBPRINT_LEN + 1));
        jwk_thumbprint(key, key->kid);
    }
    return key;
}
