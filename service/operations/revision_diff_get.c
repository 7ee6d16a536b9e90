/* SPDX-License-Identifier: Apache-2.0 */
#include "../diff.h"
#include "../document.h"

#include <string.h>

/* After a tab, where patch reads no name any more, stands the title. */
static const char *name_of(struct arena *arena, int64_t number, const char *title)
{
    char *name = arena_printf(arena, "revision/%lld\t%s", (long long)number, title ? title : "");
    for (char *c = name + strcspn(name, "\t") + 1; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return name;
}

static void write_line(struct json_writer *w, struct arena *arena, const struct diff_line *line)
{
    struct buf text, json;
    buf_init(&text, arena, RESPONSE_BODY_MAX);
    diff_write_line(line, &text);
    buf_init(&json, arena, RESPONSE_BODY_MAX);
    buf_json_string(&json, text.data, text.len);
    jw_raw(w, json.data, json.len);
    if (!line->ended)
        jw_text(w, DIFF_NOT_ENDED);
}

static void write_hunk(struct json_writer *w, struct arena *arena, const struct diff_hunk *hunk)
{
    jw_map(w);
    jw_key_int(w, "from_start", (int64_t)hunk->from_start);
    jw_key_int(w, "from_count", (int64_t)hunk->from_count);
    jw_key_int(w, "to_start", (int64_t)hunk->to_start);
    jw_key_int(w, "to_count", (int64_t)hunk->to_count);
    jw_key(w, "lines");
    jw_list(w);
    for (size_t i = 0; i < hunk->line_count; i++)
        write_line(w, arena, &hunk->lines[i]);
    jw_list_end(w);
    jw_map_end(w);
}

static void write_revision(struct json_writer *w, const char *key, int64_t number,
                           const char *title)
{
    jw_key(w, key);
    jw_map(w);
    jw_key_int(w, "number", number);
    jw_key_text(w, "title", title);
    jw_map_end(w);
}

bool revision_diff_get(struct call *call)
{
    struct arena *arena = call->arena;
    struct rows rows;
    struct diff diff;
    struct buf body;
    struct json_writer w;
    if (!call_query(call, call->operation->statement, NULL, &rows) || !call_check(call, &rows))
        return false;
    const char *from = rows_text(&rows, 0, "from_text", arena);
    const char *to = rows_text(&rows, 0, "to_text", arena);
    const char *from_title = rows_text(&rows, 0, "from_title", arena);
    const char *to_title = rows_text(&rows, 0, "to_title", arena);
    int64_t from_number = rows_int(&rows, 0, "from_number", 0);
    int64_t to_number = rows_int(&rows, 0, "to_number", 0);
    diff_compute(arena, from, strlen(from), to, strlen(to), &diff);
    buf_init(&body, arena, RESPONSE_BODY_MAX);
    const char *media_type = call->response.media_type;
    if (media_type && strcmp(media_type, "text/plain") == 0) {
        call->response.media_type = "text/plain; charset=utf-8";
        diff_write_unified(&diff, name_of(arena, from_number, from_title),
                           name_of(arena, to_number, to_title), &body);
        return document_answer(call, buf_cstr(&body), body.len, NULL);
    }
    jw_init(&w, &body);
    jw_map(&w);
    write_revision(&w, "from", from_number, from_title);
    write_revision(&w, "to", to_number, to_title);
    jw_key(&w, "hunks");
    jw_list(&w);
    for (size_t i = 0; i < diff.hunk_count; i++)
        write_hunk(&w, arena, &diff.hunks[i]);
    jw_list_end(&w);
    jw_map_end(&w);
    return document_answer(call, body.data, body.len, NULL);
}
