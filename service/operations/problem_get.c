/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"

#include <string.h>

static void write_json(struct buf *buf, const struct problem_kind *kind)
{
    struct json_writer w;
    jw_init(&w, buf);
    jw_map(&w);
    jw_key_text(&w, "code", kind->code);
    jw_key_int(&w, "status", kind->status);
    jw_key_text(&w, "title", kind->title);
    jw_key_text(&w, "about", kind->about);
    jw_map_end(&w);
}

/* Text of the registry is ours, but it is text: it may hold < and &. Backquotes mark code. */
static void write_text(struct buf *buf, const char *text)
{
    bool code = false;
    for (; *text; text++) {
        if (*text == '`') {
            code = !code;
            buf_text(buf, code ? "<code>" : "</code>");
        } else if (*text == '<') {
            buf_text(buf, "&lt;");
        } else if (*text == '&') {
            buf_text(buf, "&amp;");
        } else {
            buf_char(buf, *text);
        }
    }
}

static void write_page(struct buf *buf, const struct problem_kind *kind)
{
    buf_printf(buf,
               "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<title>%s – Cohelm</title>\n<link rel=\"icon\" href=\"../docs/icon.svg\">\n"
               "<link rel=\"stylesheet\" href=\"../docs/docs.css\">\n</head>\n"
               "<body class=\"problem\">\n<main>\n<p class=\"kicker\">Problem <code>%s</code>, "
               "status %d</p>\n<h1>",
               kind->code, kind->code, kind->status);
    write_text(buf, kind->title);
    buf_text(buf, "</h1>\n<p>");
    write_text(buf, kind->about);
    buf_text(buf, "</p>\n<p><a href=\"../docs\">The operations of this service</a></p>\n</main>\n"
                  "</body>\n</html>\n");
}

bool problem_get(struct call *call)
{
    enum problem_code code;
    if (!problem_code_find(call_argument(call, "code"), &code))
        return problem_set(&call->problem, PROBLEM_NOT_FOUND, "There is no such problem code.");
    struct buf buf;
    buf_init(&buf, call->arena, RESPONSE_BODY_MAX);
    if (strcmp(call->response.media_type, "text/html") == 0) {
        document_headers(call);
        call->response.media_type = "text/html; charset=utf-8";
        write_page(&buf, &problem_kinds[code]);
    } else {
        write_json(&buf, &problem_kinds[code]);
    }
    return document_answer(call, buf.data, buf.len, NULL);
}
