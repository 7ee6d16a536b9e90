/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "crypto.h"

static const char *hex(const unsigned char *bytes, size_t len)
{
    static char text[2 * 256 + 1];
    hex_encode(bytes, len, text);
    return text;
}

/* FIPS 180-4, the examples of NIST's "SHA-256" example values. */
TEST(sha256__fips_180_examples)
{
    unsigned char out[SHA256_LEN];
    sha256("abc", 3, out);
    EXPECT_TEXT(hex(out, sizeof out),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
    EXPECT_TEXT(hex(out, sizeof out),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    sha256("", 0, out);
    EXPECT_TEXT(hex(out, sizeof out),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(sha256__in_pieces)
{
    unsigned char out[SHA256_LEN];
    struct sha256_run *run = sha256_begin();
    sha256_add(run, "a", 1);
    sha256_add(run, "", 0);
    sha256_add(run, "bc", 2);
    sha256_end(run, out);
    EXPECT_TEXT(hex(out, sizeof out),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* RFC 4231, test cases 1, 2, 3 and 6. */
struct hmac_case {
    const char *key;
    size_t key_len;
    const char *data;
    size_t data_len;
    const char *sha256, *sha384, *sha512;
};

TEST(hmac_sha2__rfc_4231)
{
    char key_0b[20], key_aa[131], data_dd[50];
    memset(key_0b, 0x0b, sizeof key_0b);
    memset(key_aa, 0xaa, sizeof key_aa);
    memset(data_dd, 0xdd, sizeof data_dd);
    const struct hmac_case cases[] = {
        {key_0b, sizeof key_0b, "Hi There", 8,
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
         "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
         "faea9ea9076ede7f4af152e8b2fa9cb6",
         "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
         "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
        {"Jefe", 4, "what do ya want for nothing?", 28,
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
         "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
         "8e2240ca5e69e2c78b3239ecfab21649",
         "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
         "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
        {key_aa, 20, data_dd, sizeof data_dd,
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
         "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
         "2a5ab39dc13814b94e3ab6e101a34f27",
         "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
         "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
        {key_aa, sizeof key_aa, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
         "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
         "0c2ef6ab4030fe8296248df163f44952",
         "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
         "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct hmac_case *c = &cases[i];
        unsigned char out[SHA2_MAX_LEN];
        hmac_sha256(c->key, c->key_len, c->data, c->data_len, out);
        EXPECT_TEXT(hex(out, SHA256_LEN), c->sha256);
        EXPECT(hmac_sha2(384, c->key, c->key_len, c->data, c->data_len, out) == 48);
        EXPECT_TEXT(hex(out, 48), c->sha384);
        EXPECT(hmac_sha2(512, c->key, c->key_len, c->data, c->data_len, out) == 64);
        EXPECT_TEXT(hex(out, 64), c->sha512);
        struct mac_key *key = mac_key_new(c->key, c->key_len);
        for (int time = 0; time < 2; time++) {
            mac_key_tag(key, c->data, c->data_len, out);
            EXPECT_TEXT(hex(out, SHA256_LEN), c->sha256);
        }
        mac_key_free(key);
    }
}

TEST(hmac_sha256__an_empty_key_is_a_key)
{

    unsigned char out[SHA256_LEN];
    hmac_sha256(NULL, 0, "", 0, out);
    EXPECT_TEXT(hex(out, sizeof out),
                "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 4648 section 10, without the padding, and section 5's alphabet. */
TEST(base64url__rfc_4648_vectors)
{
    static const char *const cases[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbe", "-_--"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *plain = cases[i][0], *text = cases[i][1];
        char encoded[16];
        EXPECT(base64url_encode(plain, strlen(plain), encoded) == strlen(text));
        EXPECT_TEXT(encoded, text);
        EXPECT(strlen(text) == BASE64URL_LEN(strlen(plain)));
        unsigned char decoded[16];
        size_t len = 99;
        EXPECT(base64url_decode(text, strlen(text), decoded, &len));
        EXPECT(len == strlen(plain) && memcmp(decoded, plain, len) == 0);
        EXPECT(len <= BASE64URL_BYTES(strlen(text)));
    }
}

TEST(base64url_decode__refuses_second_spellings)
{
    /* Padding, white space, the other alphabet, impossible lengths, and stray bits in the end. */
    static const char *const bad[] = {"Zg==", "Zm8=", "Zm9v\n", " Zm9v", "Zm 9v", "-_+-",
                                      "-_/-", "Z",    "Zm9vY",  "Zm9vA", "A",     "Zh",
                                      "Zn",   "Zm9",  "Zm-",    "Zm9v=", "Zg.",   "Zm9\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        unsigned char out[16];
        size_t len = 99;
        EXPECT(!base64url_decode(bad[i], strlen(bad[i]), out, &len));
        EXPECT(len == 99);
    }
    unsigned char out[16];
    size_t len = 99;
    EXPECT(!base64url_decode("Zm\0v", 4, out, &len));
}

TEST(base64url_decode__one_text_for_each_byte_string)
{
    /* Of all two-character texts exactly 256 decode, each to another byte. */
    bool seen[256] = {false};
    int accepted = 0;
    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second++) {
            char text[2] = {(char)first, (char)second};
            unsigned char out[4];
            size_t len = 0;
            if (!base64url_decode(text, 2, out, &len))
                continue;
            accepted++;
            EXPECT(len == 1 && !seen[out[0]]);
            seen[out[0]] = true;
        }
    EXPECT(accepted == 256);
}

TEST(random_bytes__differ)
{
    unsigned char a[32] = {0}, b[32] = {0}, zero[32] = {0};
    EXPECT(random_bytes(a, sizeof a) && random_bytes(b, sizeof b));
    EXPECT(memcmp(a, b, sizeof a) != 0 && memcmp(a, zero, sizeof a) != 0);
}

TEST(bytes_equal_constant_time__finds_each_difference)
{
    unsigned char a[32] = {0}, b[32] = {0};
    EXPECT(bytes_equal_constant_time(a, b, sizeof a));
    for (size_t i = 0; i < sizeof b; i++) {
        b[i] = 0x80;
        EXPECT(!bytes_equal_constant_time(a, b, sizeof a));
        b[i] = 0;
    }
}

TEST(random_id_bytes__differ_and_never_come_twice)
{
    unsigned char seen[300][16], long_one[5000] = {0}, other[5000] = {0};
    bool good = true, twice = false;
    for (size_t i = 0; i < 300; i++) { /* more than one store holds */
        good = good && random_id_bytes(seen[i], sizeof seen[i]);
        for (size_t j = 0; j < i; j++)
            twice = twice || memcmp(seen[i], seen[j], sizeof seen[i]) == 0;
    }
    EXPECT(good && !twice);
    EXPECT(random_id_bytes(long_one, sizeof long_one) && random_id_bytes(other, sizeof other));
    EXPECT(memcmp(long_one, other, sizeof other) != 0);
}
