/* SPDX-License-Identifier: Apache-2.0 */
#include "secret.h"

#include "crypto.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "chm_"
#define PREFIX_LEN 4
#define BODY_LEN 43 /* 32 bytes as base64url */
#define CHECKED_LEN (PREFIX_LEN + BODY_LEN)

/* CRC-32 of ISO 3309, as zlib's and PNG's. */
static uint32_t crc32(const char *text, size_t len)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void checksum(const char *text, char out[9])
{
    (void)snprintf(out, 9, "%08x", (unsigned)crc32(text, CHECKED_LEN));
}

bool secret_make(char out[SECRET_LEN + 1])
{
    unsigned char bytes[32];
    if (!random_bytes(bytes, sizeof bytes))
        return false;
    memcpy(out, PREFIX, PREFIX_LEN);
    (void)base64url_encode(bytes, sizeof bytes, out + PREFIX_LEN);
    bytes_wipe(bytes, sizeof bytes);
    checksum(out, out + CHECKED_LEN);
    return true;
}

bool secret_is_well_formed(const char *text, size_t len)
{
    unsigned char bytes[BASE64URL_BYTES(BODY_LEN)];
    char sum[9];
    size_t bytes_len = 0;
    if (len != SECRET_LEN || memcmp(text, PREFIX, PREFIX_LEN) != 0 ||
        !base64url_decode(text + PREFIX_LEN, BODY_LEN, bytes, &bytes_len))
        return false;
    checksum(text, sum);
    return memcmp(text + CHECKED_LEN, sum, 8) == 0;
}

void secret_hash(const char *secret, size_t len, char out[SECRET_HASH_LEN + 1])
{
    unsigned char hash[SHA256_LEN];
    sha256(secret, len, hash);
    hex_encode(hash, sizeof hash, out);
}
