/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "principal.h"

#define PERSON "01890a5d-ac96-774b-bcce-b302099a8057"
#define ORGANISATION "01890a5d-ac96-7ab2-80e2-e2a9b1f0c0de"

TEST(principal_init__composite_is_a_row_literal)
{
    struct principal p;
    EXPECT(principal_init(&p, PERSON, NULL, NULL, false));
    EXPECT_TEXT(p.composite, "(" PERSON ",,)");
    EXPECT_TEXT(p.organisation_id, "");
    EXPECT(principal_init(&p, PERSON, ORGANISATION, "team.read", true));
    EXPECT_TEXT(p.composite, "(" PERSON "," ORGANISATION ",)");
    EXPECT_TEXT(p.id, PERSON);
    EXPECT_TEXT(p.organisation_id, ORGANISATION);
    EXPECT_TEXT(p.scope, "team.read");
    EXPECT(p.is_service);
}

TEST(principal_init__refuses_what_is_no_uuid)
{
    static const char *const bad[] = {"",
                                      "x",
                                      "01890A5D-AC96-774B-BCCE-B302099A8057",
                                      PERSON "0",
                                      "01890a5dac96774bbcceb302099a80570000",
                                      "01890a5d-ac96-774b-bcce-b302099a805",
                                      "01890a5d-ac96-774b-bcce-b302099a805)",
                                      "01890a5d-ac96-774b-bcce-b302099a80\n7"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct principal p = {.id = "untouched"};
        EXPECT(!principal_init(&p, bad[i], NULL, NULL, false));
        EXPECT(!principal_init(&p, PERSON, bad[i], NULL, false));
        EXPECT_TEXT(p.id, "untouched");
    }
}

TEST(principal_init__rate_key_is_of_the_person_alone)
{
    struct principal a, b, c;
    EXPECT(principal_init(&a, PERSON, NULL, NULL, false));
    EXPECT(principal_init(&b, PERSON, ORGANISATION, "x", true));
    EXPECT(principal_init(&c, ORGANISATION, NULL, NULL, false));
    EXPECT(a.rate_key == b.rate_key && a.rate_key != c.rate_key);
}

TEST(principal_allows__by_scope)
{
    static const struct {
        const char *scope, *permission;
        bool allowed;
    } cases[] = {
        {NULL, "team.create", true},
        {"", "team.create", false},
        {" ", "team.create", false},
        {"*", "team.create", true},
        {"openid * email", "team.create", true},
        {"team.create", "team.create", true},
        {"team.read team.create", "team.create", true},
        {"team.creat", "team.create", false},
        {"team.created", "team.create", false},
        {"team.*", "team.create", true},
        {"team.*", "team.member.add", true},
        {"team.member.*", "team.member.add", true},
        {"team.member.*", "team.create", false},
        {"team.*", "teams.create", false},
        {"team.*", "team", false},
        {"team*", "team.create", false},
        {"tea*", "team.create", false},
        {".*", "team.create", false},
        {"*.create", "team.create", false},
        {"openid profile email", "team.create", false},
        {"team.read  team.create ", "team.create", true},
        {"team.read\tteam.create", "team.create", false},
        {"TEAM.CREATE", "team.create", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct principal p;
        EXPECT(principal_init(&p, PERSON, NULL, cases[i].scope, false));
        bool allowed = principal_allows(&p, cases[i].permission);
        if (allowed != cases[i].allowed)
            printf("# scope \"%s\", permission %s\n", cases[i].scope, cases[i].permission);
        EXPECT(allowed == cases[i].allowed);
    }
}
