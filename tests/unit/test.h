/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest test frame that does: each test is a function registered by TEST(name), a failed
 * EXPECT tells file and line and fails the test but goes on. One program per file of tests; the
 * last line is `N passed, N failed`. */
#ifndef COHELM_TEST_H
#define COHELM_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test {
    const char *name;
    void (*run)(void);
    struct test *next;
};

static struct test *test_first;
static struct test **test_last = &test_first;
static bool test_failed;

#define TEST(name)                                                                                 \
    static void test_##name(void);                                                                 \
    __attribute__((constructor)) static void test_add_##name(void)                                 \
    {                                                                                              \
        static struct test entry = {#name, test_##name, NULL};                                     \
        *test_last = &entry;                                                                       \
        test_last = &entry.next;                                                                   \
    }                                                                                              \
    static void test_##name(void)

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            test_failed = true;                                                                    \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                               \
        }                                                                                          \
    } while (0)

#define EXPECT_TEXT(actual, expected)                                                              \
    do {                                                                                           \
        const char *test_actual = (actual), *test_expected = (expected);                           \
        if (!test_actual || strcmp(test_actual, test_expected) != 0) {                             \
            test_failed = true;                                                                    \
            printf("# %s:%d: %s\n#   is       %s\n#   expected %s\n", __FILE__, __LINE__, #actual, \
                   test_actual ? test_actual : "(null)", test_expected);                           \
        }                                                                                          \
    } while (0)

int main(void)
{
    int passed = 0, failed = 0;
    for (struct test *test = test_first; test; test = test->next) {
        test_failed = false;
        test->run();
        printf("%s %s\n", test_failed ? "not ok" : "ok", test->name);
        if (test_failed)
            failed++;
        else
            passed++;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed || !passed;
}

#endif
