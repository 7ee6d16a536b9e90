/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a file of ballots. The first two bytes choose method and format; what is read without
 * a fault is counted and written. */
#include "decide/ballot_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void count(struct arena *arena, const struct tally *tally)
{
    struct tally_result result;
    struct buf buf;
    must(tally->cast >= tally->blank && tally->option_count <= TALLY_OPTIONS_MAX);
    tally_count(arena, tally, &result);
    buf_init(&buf, arena, SIZE_MAX);
    tally_write(tally, &result, &buf);
    must(result.winners.count <= tally->option_count);
    must(result.outcome != TALLY_ADOPTED || result.winners.count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {NULL, "json", "blt", "soi", "toc", "cat", "abif"};
    struct arena arena;
    struct tally tally;
    struct faults faults;
    if (size < 2)
        return 0;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct ballot_file file = {
        .text = arena_strndup(&arena, (const char *)data + 2, size - 2),
        .len = size - 2,
        .format = formats[data[1] % 7],
        .electorate = -1,
    };
    if (data[0] % 16 < TALLY_METHODS)
        file.method = tally_method_name((enum tally_method)(data[0] % 16));
    bool fine = ballot_file_read(&arena, &file, &tally, &faults);
    must(fine == !faults.found);
    if (fine)
        count(&arena, &tally);
    arena_release(&arena);
    return 0;
}
