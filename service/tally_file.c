/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_file.h"

#include "decide/ballot_file.h"
#include "decide/tally.h"
#include "file.h"

#include <stdio.h>

#define FILE_MAX ((size_t)256 * 1024 * 1024)

static int print_faults(const char *path, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        fprintf(stderr, "cohelm: %s: %s: %s\n", path, faults->items[i].pointer,
                faults->items[i].detail);
    if (faults->found > faults->count)
        fprintf(stderr, "cohelm: %s: %zu faults, of which the first are listed\n", path,
                faults->found);
    return 1;
}

int tally_file_count(struct arena *arena, const char *path, const char *method)
{
    size_t len = 0;
    const char *why = NULL;
    const char *text = file_read(arena, path, FILE_MAX, &len, &why);
    if (!text) {
        fprintf(stderr, "cohelm: %s\n", why);
        return 1;
    }
    struct faults faults;
    struct json request;
    struct tally tally;
    struct tally_result result;
    faults_init(&faults, arena);
    if (!ballot_file_read(arena, path, text, len, method, &request, &faults) ||
        !tally_read(arena, &request, &tally, &faults))
        return print_faults(path, &faults);
    tally_count(arena, &tally, &result);
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    tally_write(&tally, &result, &buf);
    printf("%s\n", buf_cstr(&buf));
    return 0;
}
