/* SPDX-License-Identifier: Apache-2.0 */
#include "pkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX (PKEY_NUMBER_MAX * 8) /* more costs milliseconds for each signature */
#define RSA_EXPONENT_MIN 65537

static EVP_PKEY *from_params(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!context || !params || EVP_PKEY_fromdata_init(context) <= 0 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) <= 0)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    return pkey;
}

/* The key if it is sound, else NULL. For RSA: odd modulus and exponent, no small factor; for EC: on
 * the curve, not infinity, of the right order. */
static EVP_PKEY *checked(EVP_PKEY *pkey, const char *fault, const char **why)
{
    EVP_PKEY_CTX *context = pkey ? EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL) : NULL;
    bool sound = context && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    if (sound)
        return pkey;
    EVP_PKEY_free(pkey);
    *why = fault;
    return NULL;
}

static EVP_PKEY *rsa_from(const BIGNUM *n, const BIGNUM *e, const char **why)
{
    int bits = n ? BN_num_bits(n) : 0;
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
        *why = "an RSA key needs 2048 to 8192 bits";
        return NULL;
    }
    if (!e || !BN_is_odd(e) || BN_num_bits(e) > 64 || BN_get_word(e) < RSA_EXPONENT_MIN) {
        *why = "the exponent of an RSA key must be odd, 65537 or more, and of at most 64 bits";
        return NULL;
    }
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    if (build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
        params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY *pkey = from_params("RSA", params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return checked(pkey, "the modulus is not that of an RSA key", why);
}

EVP_PKEY *pkey_rsa(const unsigned char *n, size_t n_len, const unsigned char *e, size_t e_len,
                   const char **why)
{
    BIGNUM *modulus = BN_bin2bn(n, (int)n_len, NULL);
    BIGNUM *exponent = BN_bin2bn(e, (int)e_len, NULL);
    EVP_PKEY *pkey = rsa_from(modulus, exponent, why);
    BN_free(modulus);
    BN_free(exponent);
    return pkey;
}

EVP_PKEY *pkey_ec(const char *curve, size_t width, const unsigned char *x, const unsigned char *y,
                  const char **why)
{
    unsigned char point[1 + 2 * PKEY_COORDINATE_MAX] = {4}; /* SEC 1, uncompressed */
    memcpy(point + 1, x, width);
    memcpy(point + 1 + width, y, width);
    char group[16];
    (void)snprintf(group, sizeof group, "%s", curve);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * width),
        OSSL_PARAM_construct_end()};
    return checked(from_params("EC", params), "x and y are no point of the curve", why);
}

EVP_PKEY *pkey_ed25519(const unsigned char x[32], const char **why)
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x, 32);
    if (!pkey)
        *why = "x is no Ed25519 key";
    return pkey;
}

void pkey_free(EVP_PKEY *pkey)
{
    EVP_PKEY_free(pkey);
}

/* r and s of fixed width in the form that OpenSSL reads; its length, or 0. */
static size_t ecdsa_der(const unsigned char *signature, size_t width, unsigned char **der)
{
    int len = 0;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, (int)width, NULL);
    BIGNUM *s = BN_bin2bn(signature + width, (int)width, NULL);
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
        r = s = NULL; /* now the pair's */
        len = i2d_ECDSA_SIG(pair, der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

bool pkey_verify(EVP_PKEY *pkey, enum pkey_scheme scheme, const char *digest, const void *data,
                 size_t len, const unsigned char *signature, size_t signature_len)
{
    unsigned char *der = NULL;
    if (scheme == PKEY_ECDSA) {
        signature_len = ecdsa_der(signature, signature_len / 2, &der);
        signature = der;
    }
    EVP_PKEY_CTX *params = NULL; /* owned by the context */
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool valid = context && signature_len &&
                 EVP_DigestVerifyInit_ex(context, &params, digest, NULL, NULL, pkey, NULL) == 1;
    if (valid && scheme == PKEY_RSA_PSS)
        valid = EVP_PKEY_CTX_set_rsa_padding(params, RSA_PKCS1_PSS_PADDING) > 0 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(params, RSA_PSS_SALTLEN_DIGEST) > 0;
    if (valid)
        valid = EVP_DigestVerify(context, signature, signature_len, data, len) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    ERR_clear_error();
    return valid;
}

size_t pkey_number(EVP_PKEY *pkey, char name, size_t width, unsigned char out[PKEY_NUMBER_MAX])
{
    size_t len = PKEY_NUMBER_MAX;
    if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519)
        return name == 'x' && EVP_PKEY_get_raw_public_key(pkey, out, &len) == 1 ? len : 0;
    const char *param = name == 'n'   ? OSSL_PKEY_PARAM_RSA_N
                        : name == 'e' ? OSSL_PKEY_PARAM_RSA_E
                        : name == 'x' ? OSSL_PKEY_PARAM_EC_PUB_X
                                      : OSSL_PKEY_PARAM_EC_PUB_Y;
    BIGNUM *number = NULL;
    len = 0;
    if (EVP_PKEY_get_bn_param(pkey, param, &number) == 1) {
        len = width ? width : (size_t)BN_num_bytes(number);
        if (len > PKEY_NUMBER_MAX || BN_bn2binpad(number, out, (int)len) != (int)len)
            len = 0;
    }
    BN_free(number);
    ERR_clear_error();
    return len;
}

/* OpenSSL would ask for it at the terminal. */
static int no_passphrase(char *text, int size, int writing, void *subject)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)subject;
    return -1;
}

static bool is_p256(EVP_PKEY *pkey)
{
    char group[32] = "";
    size_t len = 0;
    return pkey && EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(pkey, group, sizeof group, &len) == 1 &&
           strcmp(group, PKEY_P256) == 0;
}

EVP_PKEY *pkey_from_pem(const char *pem, size_t len, const char **why)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    EVP_PKEY *secret = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    EVP_PKEY *result = NULL;
    unsigned char x[PKEY_NUMBER_MAX], y[PKEY_NUMBER_MAX];
    if (is_p256(secret) && pkey_number(secret, 'x', 32, x) && pkey_number(secret, 'y', 32, y))
        result = pkey_ec(PKEY_P256, 32, x, y, why);
    else
        *why = "it holds something else than an unencrypted private key on the curve P-256";
    EVP_PKEY_free(secret);
    BIO_free(bio);
    ERR_clear_error();
    return result;
}

const char *pkey_make_pem(struct arena *arena)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_secmem());
    const char *pem = NULL;
    char *data = NULL;
    if (key && bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)) {
        long len = BIO_get_mem_data(bio, &data);
        pem = arena_strndup(arena, data, (size_t)len);
    }
    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    return pem;
}
