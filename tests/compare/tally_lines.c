/* SPDX-License-Identifier: Apache-2.0 */
/* Answers tally requests, one JSON text a line, as POST /v1/tallies would; {"faults": […]} for one
 * that is refused. For comparisons of many small counts. */
#include "decide/tally.h"

#include <stdio.h>
#include <stdlib.h>

static void answer(struct arena *arena, const struct json *request, struct buf *buf)
{
    struct tally tally;
    struct tally_result result;
    struct faults faults;
    faults_init(&faults, arena);
    if (tally_read(arena, request, &tally, &faults)) {
        tally_count(arena, &tally, &result);
        tally_write(&tally, &result, buf);
        return;
    }
    struct json_writer w;
    jw_init(&w, buf);
    jw_map(&w);
    jw_key(&w, "faults");
    jw_list(&w);
    for (size_t i = 0; i < faults.count; i++)
        jw_text(&w, arena_printf(arena, "%s %s", faults.items[i].pointer, faults.items[i].code));
    jw_list_end(&w);
    jw_map_end(&w);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    struct arena arena;
    arena_init(&arena);
    while ((len = getline(&line, &size, stdin)) > 0) {
        struct json request;
        struct json_error error;
        struct buf buf;
        buf_init(&buf, &arena, SIZE_MAX);
        if (!json_read(&arena, line, (size_t)len, &request, &error)) {
            fprintf(stderr, "%s\n", error.message);
            return 1;
        }
        answer(&arena, &request, &buf);
        puts(buf_cstr(&buf));
        arena_reset(&arena);
    }
    free(line);
    arena_release(&arena);
    return 0;
}
