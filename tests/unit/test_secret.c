/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "secret.h"

/* 32 zero bytes; the CRC-32 is zlib's: `python3 -c 'import zlib;
 * print(f"{zlib.crc32(b"…"):08x}")'`, the hash is sha256sum's. */
#define KNOWN "chm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KNOWN_SUM "24e4681d"
#define KNOWN_HASH "12a35a42e0819646a5cb497f13101a95c752db3826d8c6536aea7b92e2717de1"

TEST(secret_is_well_formed__by_the_checksum_of_zlib)
{
    EXPECT(strlen(KNOWN KNOWN_SUM) == SECRET_LEN);
    EXPECT(secret_is_well_formed(KNOWN KNOWN_SUM, SECRET_LEN));
}

TEST(secret_hash__is_sha256)
{
    char hash[SECRET_HASH_LEN + 1];
    secret_hash(KNOWN KNOWN_SUM, SECRET_LEN, hash);
    EXPECT_TEXT(hash, KNOWN_HASH);
}

TEST(secret_make__fresh_and_well_formed)
{
    char a[SECRET_LEN + 1], b[SECRET_LEN + 1];
    EXPECT(secret_make(a) && secret_make(b));
    EXPECT(strlen(a) == SECRET_LEN && strncmp(a, "chm_", 4) == 0);
    EXPECT(strcmp(a, b) != 0);
    EXPECT(secret_is_well_formed(a, strlen(a)) && secret_is_well_formed(b, strlen(b)));
}

TEST(secret_is_well_formed__no_change_of_one_character)
{
    char secret[SECRET_LEN + 1];
    EXPECT(secret_make(secret));
    for (size_t i = 0; i < SECRET_LEN; i++) {
        char kept = secret[i];
        for (int c = 1; c < 256; c++) {
            if ((char)c == kept)
                continue;
            secret[i] = (char)c;
            EXPECT(!secret_is_well_formed(secret, SECRET_LEN));
        }
        secret[i] = kept;
    }
    EXPECT(!secret_is_well_formed(secret, SECRET_LEN - 1));
    EXPECT(!secret_is_well_formed("", 0));
}
