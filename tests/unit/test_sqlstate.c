/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "sqlstate.h"

static struct arena arena;
static struct problem problem;
static struct sqlstate_verdict verdict;

static enum problem_code judge(struct sqlstate_error error)
{
    arena_reset(&arena);
    problem_init(&problem, &arena);
    EXPECT(!sqlstate_problem(&error, &verdict, &problem));
    EXPECT(problem.set);
    return problem.code;
}

/* The conditions are those of PostgreSQL's manual, appendix A. */
TEST(sqlstate__what_may_succeed_again)
{
    EXPECT(judge((struct sqlstate_error){.state = "40001"}) == PROBLEM_UNAVAILABLE);
    EXPECT(verdict.repeat && !verdict.reconnect && !verdict.unusual && problem.retry_after > 0);
    EXPECT(judge((struct sqlstate_error){.state = "40P01"}) == PROBLEM_UNAVAILABLE);
    EXPECT(verdict.repeat);
    EXPECT(judge((struct sqlstate_error){.state = "57014"}) == PROBLEM_TOO_SLOW);
    EXPECT(!verdict.repeat && problem.retry_after > 0);
    EXPECT(judge((struct sqlstate_error){.state = "55P03"}) == PROBLEM_BUSY);
    EXPECT(problem.retry_after > 0);
}

TEST(sqlstate__a_server_that_can_not_is_left)
{
    static const char *const states[] = {"57P01", "57P02", "57P03", "08006",
                                         "26000", "0A000", "25006"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        EXPECT(judge((struct sqlstate_error){.state = states[i]}) == PROBLEM_UNAVAILABLE);
        EXPECT(verdict.reconnect && verdict.unusual && problem.retry_after > 0);
    }
    EXPECT(judge((struct sqlstate_error){.state = "53100"}) == PROBLEM_UNAVAILABLE); /* disk full */
    EXPECT(!verdict.reconnect && verdict.unusual);
}

TEST(sqlstate__known_constraints_have_a_problem)
{
    EXPECT(judge((struct sqlstate_error){.state = "23505",
                                         .constraint = "organisation_names_pkey",
                                         .writes = true}) == PROBLEM_ALREADY_EXISTS);
    EXPECT(problem.faults.count == 1);
    EXPECT_TEXT(problem.faults.items[0].pointer, "/handle");
    EXPECT(!verdict.unusual);
}

TEST(sqlstate__unknown_constraints_are_our_fault)
{
    EXPECT(judge((struct sqlstate_error){.state = "23514",
                                         .constraint = "no_such_check",
                                         .writes = true}) == PROBLEM_INTERNAL_ERROR);
    EXPECT(verdict.unusual);
    EXPECT(judge((struct sqlstate_error){.state = "23502", .writes = true}) ==
           PROBLEM_INTERNAL_ERROR);
}

TEST(sqlstate__what_is_referred_to_can_not_be_deleted)
{
    EXPECT(judge((struct sqlstate_error){.state = "23503",
                                         .constraint = "teams_parent_id_fkey",
                                         .writes = true,
                                         .deletes = true}) == PROBLEM_IN_USE);
    EXPECT(judge((struct sqlstate_error){.state = "23503",
                                         .constraint = "teams_parent_id_fkey",
                                         .writes = true}) == PROBLEM_INVALID_REFERENCE);
}

TEST(sqlstate__values_out_of_range_are_the_client_s)
{
    EXPECT(judge((struct sqlstate_error){.state = "22003", .writes = true}) ==
           PROBLEM_INVALID_BODY);
    EXPECT(judge((struct sqlstate_error){.state = "22P02"}) == PROBLEM_INVALID_PARAMETER);
}

TEST(sqlstate__anything_else_is_our_fault)
{
    EXPECT(judge((struct sqlstate_error){.state = "42P01"}) == PROBLEM_INTERNAL_ERROR);
    EXPECT(verdict.unusual && !verdict.reconnect);
}
