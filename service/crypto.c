/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* OpenSSL 3 looks an algorithm up under a lock whenever it is named by EVP_sha256() and the like;
 * fetched once it costs nothing. They live as long as the process. */
static EVP_MD *sha256_md;
static EVP_MAC *hmac_mac;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "cohelm: OpenSSL can't do %s\n", what);
    abort();
}

static void fetch(void)
{
    sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac_mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (!sha256_md || !hmac_mac)
        fail("SHA-256 and HMAC");
}

void sha256(const void *data, size_t len, unsigned char out[SHA256_LEN])
{
    (void)pthread_once(&fetched, fetch);
    if (!EVP_Digest(data, len, out, NULL, sha256_md, NULL))
        fail("SHA-256");
}

/* OpenSSL's context by a name of ours. */
static EVP_MD_CTX *context_of(struct sha256_run *run)
{
    return (EVP_MD_CTX *)(void *)run;
}

struct sha256_run *sha256_begin(void)
{
    (void)pthread_once(&fetched, fetch);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || !EVP_DigestInit_ex2(context, sha256_md, NULL))
        fail("SHA-256");
    return (struct sha256_run *)(void *)context;
}

void sha256_add(struct sha256_run *run, const void *data, size_t len)
{
    if (!EVP_DigestUpdate(context_of(run), data, len))
        fail("SHA-256");
}

void sha256_end(struct sha256_run *run, unsigned char out[SHA256_LEN])
{
    if (!EVP_DigestFinal_ex(context_of(run), out, NULL))
        fail("SHA-256");
    EVP_MD_CTX_free(context_of(run));
}

/* HMAC with that key, before the first byte. */
static EVP_MAC_CTX *keyed(int bits, const void *key, size_t key_len)
{
    (void)pthread_once(&fetched, fetch);
    char digest[16];
    (void)snprintf(digest, sizeof digest, "SHA%d", bits);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    /* An absent key means "keep the one set before" to EVP_MAC_init; an empty one is a key. */
    const unsigned char *bytes = key_len ? key : (const unsigned char *)"";
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac_mac);
    if (!context || !EVP_MAC_init(context, bytes, key_len, params))
        fail("HMAC");
    return context;
}

/* Frees the context. */
static size_t authenticate(EVP_MAC_CTX *context, const void *data, size_t len, unsigned char *out,
                           size_t room)
{
    size_t out_len = 0;
    if (!context || !EVP_MAC_update(context, data, len) ||
        !EVP_MAC_final(context, out, &out_len, room))
        fail("HMAC");
    EVP_MAC_CTX_free(context);
    return out_len;
}

size_t hmac_sha2(int bits, const void *key, size_t key_len, const void *data, size_t len,
                 unsigned char out[SHA2_MAX_LEN])
{
    return authenticate(keyed(bits, key, key_len), data, len, out, SHA2_MAX_LEN);
}

void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                 unsigned char out[SHA256_LEN])
{
    (void)authenticate(keyed(256, key, key_len), data, len, out, SHA256_LEN);
}

struct mac_key *mac_key_new(const void *key, size_t key_len)
{
    return (struct mac_key *)(void *)keyed(256, key, key_len);
}

void mac_key_free(struct mac_key *key)
{
    EVP_MAC_CTX_free((EVP_MAC_CTX *)(void *)key);
}

void mac_key_tag(const struct mac_key *key, const void *data, size_t len,
                 unsigned char out[SHA256_LEN])
{
    const EVP_MAC_CTX *context = (const EVP_MAC_CTX *)(const void *)key;
    (void)authenticate(EVP_MAC_CTX_dup(context), data, len, out, SHA256_LEN);
}

bool random_bytes(void *out, size_t len)
{
    return len <= INT32_MAX && RAND_bytes(out, (int)len) == 1;
}

bool random_id_bytes(void *out, size_t len)
{
    static _Thread_local struct {
        unsigned char bytes[1024];
        size_t left;
    } store;
    if (len > sizeof store.bytes)
        return random_bytes(out, len);
    if (store.left < len) {
        if (!random_bytes(store.bytes, sizeof store.bytes))
            return false;
        store.left = sizeof store.bytes;
    }
    store.left -= len;
    memcpy(out, store.bytes + store.left, len);
    return true;
}

bool bytes_equal_constant_time(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void bytes_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64url_encode(const void *data, size_t len, char *out)
{
    const unsigned char *bytes = data;
    char *end = out;
    uint32_t group = 0;
    int bits = 0;
    for (size_t i = 0; i < len; i++) {
        group = (group << 8 | bytes[i]) & 0xffff;
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            *end++ = alphabet[group >> bits & 63];
        }
    }
    if (bits)
        *end++ = alphabet[group << (6 - bits) & 63];
    *end = '\0';
    return (size_t)(end - out);
}

/* 0..63, or -1. */
static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_decode(const char *text, size_t len, unsigned char *out, size_t *out_len)
{
    if (len % 4 == 1)
        return false;
    unsigned char *end = out;
    uint32_t group = 0;
    int bits = 0;
    for (size_t i = 0; i < len; i++) {
        int value = sextet(text[i]);
        if (value < 0)
            return false;
        group = (group << 6 | (uint32_t)value) & 0x3fff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *end++ = (unsigned char)(group >> bits & 0xff);
        }
    }
    if (group & ((1U << bits) - 1))
        return false;
    *out_len = (size_t)(end - out);
    return true;
}

void hex_encode(const void *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = data;
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}
