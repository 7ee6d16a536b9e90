/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of the roles of a decision that goes on by another framework. */
#include "decide/fallback.h"
#include "decision.h"

static struct framework *read(struct arena *arena, const char *source)
{
    struct framework *framework = arena_alloc(arena, sizeof *framework);
    struct json *definition = arena_alloc(arena, sizeof *definition);
    struct faults faults;
    faults_init(&faults, arena);
    *definition = source[0] == '{' ? json_of(arena, source) : definition_of(arena, source);
    EXPECT(framework_read(arena, definition, framework, &faults));
    print_faults(&faults);
    return framework;
}

/* Proposer and chair vote too; who is informed only watches. */
#define CHAIRED                                                                                    \
    "{\"key\": \"chaired\", \"name\": \"Chaired\", \"roles\": [{\"key\": \"proposer\", \"min\": "  \
    "1, \"max\": 1}, {\"key\": \"chair\", \"min\": 1, \"max\": 1}, {\"key\": \"crew\"}, "          \
    "{\"key\": \"informed\"}], \"phases\": [{\"key\": \"vote\", \"duration\": \"P1D\", "           \
    "\"ballots\": [\"proposer\", \"chair\", \"crew\"], \"ends\": [\"deadline\"]}], \"rule\": "     \
    "{\"method\": \"majority\"}}"

static void expect_roles(const char *from, const char *to, const char *expected)
{
    struct arena arena;
    struct fallback_role *roles;
    const char *found = "";
    arena_init(&arena);
    size_t count = fallback_roles(&arena, read(&arena, from), read(&arena, to), &roles);
    for (size_t i = 0; i < count; i++)
        found = arena_printf(&arena, "%s%s%s>%s", found, i ? " " : "", roles[i].from, roles[i].to);
    EXPECT_TEXT(found, expected);
    arena_release(&arena);
}

TEST(fallback__who_takes_a_stance_votes)
{
    expect_roles("consent", "majority", "proposer>proposer members>voters");
    expect_roles("consensus", "majority", "proposer>proposer members>voters");
    expect_roles("role_election", "plurality", "members>voters");
}

TEST(fallback__roles_of_the_same_key_stay)
{
    expect_roles("lazy_consensus", "majority", "proposer>proposer voters>voters");
    expect_roles("consent", "role_election", "facilitator>facilitator members>members");
    expect_roles("consensus", "consent", "proposer>proposer members>members");
    expect_roles(CHAIRED, "raci", "informed>informed");
}

TEST(fallback__who_votes_beside_another_role_has_both)
{
    expect_roles(CHAIRED, "majority", "proposer>proposer proposer>voters chair>voters crew>voters");
    expect_roles("majority", CHAIRED, "proposer>proposer voters>crew");
}

TEST(fallback__who_decides_alone_becomes_an_elector_and_the_other_way_round)
{
    expect_roles("single_decider", "majority", "decider>voters");
    expect_roles("majority", "single_decider", "voters>decider");
}
