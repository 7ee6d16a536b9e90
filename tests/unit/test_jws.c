/* SPDX-License-Identifier: Apache-2.0 */
/* What else may stand in tokens is tried in test_auth.c. The example is of RFC 7515 appendix A.3.
 */
#include "jws.h"
#include "keyset.h"

#include "test.h"

#include <string.h>

#define SIGNED                                                                                     \
    "eyJhbGciOiJFUzI1NiJ9"                                                                         \
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV" \
    "lfQ"
#define SIGNATURE                                                                                  \
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define KEYS                                                                                       \
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","                                                \
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                       \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"

TEST(jws__the_example_of_the_RFC)
{
    struct arena arena;
    struct jws jws;
    const char *why = NULL;
    arena_init(&arena);
    EXPECT(jws_read(&arena, SIGNED SIGNATURE, strlen(SIGNED SIGNATURE), &jws, &why));
    EXPECT(jws.algorithm == JWS_ES256 && !jws.kid && jws.signature_len == 64);
    EXPECT(jws.signed_len == strlen(SIGNED));
    EXPECT_TEXT(json_get_text(&jws.payload, "iss"), "joe");
    struct key_set *keys = key_set_parse(&arena, KEYS, strlen(KEYS), 1U << JWS_ES256, &why);
    EXPECT(keys);
    EXPECT(jws_verify(&jws, key_set_first(keys)));
    jws.signature[0] ^= 1;
    EXPECT(!jws_verify(&jws, key_set_first(keys)));
    key_set_release(keys);
    arena_release(&arena);
}

TEST(jws__what_is_none_is_refused)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "is not a signed text of three parts"},
        {SIGNED, "is not a signed text of three parts"},
        {SIGNED SIGNATURE ".", "is not a signed text of three parts"},
        {"W10.e30.QQ", "has a malformed header or payload"},
        {"e30.W10.QQ", "has a malformed header or payload"},
        {SIGNED ".=", "has a malformed signature"},
        {"e30.e30.QQ", "has an algorithm that is not known here"},
        /* {"alg":"none"} */
        {"eyJhbGciOiJub25lIn0.e30.QQ", "has an algorithm that is not known here"},
        /* {"alg":"ES256","crit":[]} */
        {"eyJhbGciOiJFUzI1NiIsImNyaXQiOltdfQ.e30.QQ", "needs an extension that is not known here"},
        /* {"alg":"ES256","kid":1} */
        {"eyJhbGciOiJFUzI1NiIsImtpZCI6MX0.e30.QQ", "has a kid that is not a text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        struct jws jws;
        const char *why = "";
        arena_init(&arena);
        EXPECT(!jws_read(&arena, cases[i].text, strlen(cases[i].text), &jws, &why));
        EXPECT_TEXT(why, cases[i].why);
        arena_release(&arena);
    }
}
