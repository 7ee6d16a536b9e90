/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "clock.h"
#include "uuid.h"

#include <ctype.h>
#include <pthread.h>

TEST(uuid__has_the_form_of_version_7)
{
    char text[UUID_TEXT_LEN + 1];
    uuid_v7(text);
    EXPECT(strlen(text) == UUID_TEXT_LEN);
    for (size_t i = 0; i < UUID_TEXT_LEN; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        EXPECT(dash ? text[i] == '-'
                    : isdigit((unsigned char)text[i]) || (text[i] >= 'a' && text[i] <= 'f'));
    }
    EXPECT(text[14] == '7');
    EXPECT(strchr("89ab", text[19]));
}

/* RFC 9562 section 5.7: the first 48 bits are the milliseconds since 1970. */
TEST(uuid__begins_with_the_time)
{
    char text[UUID_TEXT_LEN + 1];
    int64_t before = clock_now() / 1000;
    uuid_v7(text);
    int64_t after = clock_now() / 1000;
    unsigned long long high = strtoull(text, NULL, 16);
    unsigned long long low = strtoull(text + 9, NULL, 16);
    int64_t milliseconds = (int64_t)(high << 16 | low);
    EXPECT(milliseconds >= before && milliseconds <= after);
}

TEST(uuid__later_ones_sort_after_earlier_ones)
{
    char last[UUID_TEXT_LEN + 1] = "";
    for (int i = 0; i < 100000; i++) {
        char text[UUID_TEXT_LEN + 1];
        uuid_v7(text);
        EXPECT(strcmp(last, text) < 0);
        memcpy(last, text, sizeof last);
    }
}

#define THREADS 4
#define EACH 20000

static char made[THREADS][EACH][UUID_TEXT_LEN + 1];

static void *make_many(void *arg)
{
    char(*mine)[UUID_TEXT_LEN + 1] = arg;
    for (int i = 0; i < EACH; i++)
        uuid_v7(mine[i]);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

TEST(uuid__no_two_are_alike_among_threads)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        EXPECT(pthread_create(&threads[i], NULL, make_many, made[i]) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    char(*all)[UUID_TEXT_LEN + 1] = made[0];
    qsort(all, (size_t)THREADS * EACH, sizeof *all, compare);
    for (int i = 1; i < THREADS * EACH; i++)
        EXPECT(strcmp(all[i - 1], all[i]) != 0);
}
