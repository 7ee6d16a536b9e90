/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and tokens for tests, made with OpenSSL directly, so that what the service reads was not
 * written by the service. */
#ifndef COHELM_JOSE_H
#define COHELM_JOSE_H

#include "arena.h"
#include "buf.h"
#include "crypto.h"
#include "jwk.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <string.h>

static const char *const jose_names[JWS_ALGORITHMS] = {"HS256", "HS384", "HS512", "RS256", "RS384",
                                                       "RS512", "PS256", "PS384", "PS512", "ES256",
                                                       "ES384", "ES512", "EdDSA"};

/* 64 bytes from /dev/urandom, once. */
static const char jose_secret[] =
    "3jfJdhP9Z5kBgzE6pkuB9Mpc-UcAw1AjCL5G7_y5inGG5YvFeEPaifus4khuojPY";

static bool jose_is_hmac(enum jws_algorithm a)
{
    return a <= JWS_HS512;
}

static bool jose_is_rsa(enum jws_algorithm a)
{
    return a >= JWS_RS256 && a <= JWS_PS512;
}

static bool jose_is_ec(enum jws_algorithm a)
{
    return a >= JWS_ES256 && a <= JWS_ES512;
}

/* The key for an algorithm, the same at each call; of RSA there is one for all. */
static EVP_PKEY *jose_key(enum jws_algorithm a)
{
    static EVP_PKEY *keys[JWS_ALGORITHMS];
    static const char *const curves[] = {"P-256", "P-384", "P-521"};
    if (jose_is_rsa(a))
        a = JWS_RS256;
    if (!keys[a]) {
        if (jose_is_rsa(a))
            keys[a] = EVP_RSA_gen(2048);
        else if (jose_is_ec(a))
            keys[a] = EVP_EC_gen(curves[a - JWS_ES256]);
        else
            keys[a] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        assert(keys[a]);
    }
    return keys[a];
}

static const char *jose_base64(struct arena *arena, const void *data, size_t len)
{
    char *text = arena_alloc(arena, BASE64URL_LEN(len) + 1);
    base64url_encode(data, len, text);
    return text;
}

static const char *jose_number(struct arena *arena, EVP_PKEY *key, const char *name, size_t width)
{
    unsigned char bytes[1024];
    BIGNUM *number = NULL;
    int done = EVP_PKEY_get_bn_param(key, name, &number);
    assert(done);
    int len = width ? (int)width : BN_num_bytes(number);
    done = BN_bn2binpad(number, bytes, len);
    assert(done == len);
    BN_free(number);
    return jose_base64(arena, bytes, (size_t)len);
}

/* The public key (or the secret) as a JWK; `more` are further members, or "". */
static const char *jose_jwk(struct arena *arena, enum jws_algorithm a, const char *more)
{
    static const char *const curves[] = {"P-256", "P-384", "P-521"};
    static const size_t widths[] = {32, 48, 66};
    if (jose_is_hmac(a))
        return arena_printf(arena, "{\"kty\":\"oct\",\"k\":\"%s\"%s}",
                            jose_base64(arena, jose_secret, 64), more);
    EVP_PKEY *key = jose_key(a);
    if (jose_is_rsa(a))
        return arena_printf(arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"%s}",
                            jose_number(arena, key, OSSL_PKEY_PARAM_RSA_N, 0),
                            jose_number(arena, key, OSSL_PKEY_PARAM_RSA_E, 0), more);
    if (jose_is_ec(a)) {
        size_t width = widths[a - JWS_ES256];
        return arena_printf(arena, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"%s}",
                            curves[a - JWS_ES256],
                            jose_number(arena, key, OSSL_PKEY_PARAM_EC_PUB_X, width),
                            jose_number(arena, key, OSSL_PKEY_PARAM_EC_PUB_Y, width), more);
    }
    unsigned char x[32];
    size_t len = sizeof x;
    int done = EVP_PKEY_get_raw_public_key(key, x, &len);
    assert(done);
    return arena_printf(arena, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"%s}",
                        jose_base64(arena, x, len), more);
}

/* ECDSA's DER signature as r and s of fixed width. */
static size_t jose_raw(unsigned char *signature, size_t len, size_t width)
{
    const unsigned char *der = signature;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    assert(pair);
    unsigned char raw[132];
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, (int)width);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + width, (int)width);
    memcpy(signature, raw, 2 * width);
    ECDSA_SIG_free(pair);
    return 2 * width;
}

/* Signs `data`; `out` has room for 1024 bytes. */
static size_t jose_signature(enum jws_algorithm a, const char *data, unsigned char *out)
{
    static const char *const digests[] = {"SHA256", "SHA384", "SHA512"};
    static const size_t widths[] = {32, 48, 66};
    if (jose_is_hmac(a)) {
        unsigned len = 0;
        HMAC(EVP_get_digestbyname(digests[a % 3]), jose_secret, 64, (const unsigned char *)data,
             strlen(data), out, &len);
        return len;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *params = NULL;
    size_t len = 1024;
    int done = EVP_DigestSignInit_ex(context, &params, a == JWS_EDDSA ? NULL : digests[a % 3], NULL,
                                     NULL, jose_key(a), NULL);
    if (a >= JWS_PS256 && a <= JWS_PS512)
        done = done && EVP_PKEY_CTX_set_rsa_padding(params, RSA_PKCS1_PSS_PADDING) > 0 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(params, RSA_PSS_SALTLEN_DIGEST) > 0;
    done =
        done && EVP_DigestSign(context, out, &len, (const unsigned char *)data, strlen(data)) == 1;
    assert(done);
    EVP_MD_CTX_free(context);
    return jose_is_ec(a) ? jose_raw(out, len, widths[a - JWS_ES256]) : len;
}

/* A token of exactly this header and these claims, whatever they say. */
__attribute__((unused)) static const char *jose_token(struct arena *arena, enum jws_algorithm a,
                                                      const char *header, const char *claims)
{
    unsigned char signature[1024];
    const char *data = arena_printf(arena, "%s.%s", jose_base64(arena, header, strlen(header)),
                                    jose_base64(arena, claims, strlen(claims)));
    size_t len = jose_signature(a, data, signature);
    return arena_printf(arena, "%s.%s", data, jose_base64(arena, signature, len));
}

#endif
