/* SPDX-License-Identifier: Apache-2.0 */
/* Any text in a Markdown record: a line stays one line, a quote is a quote in each of its lines,
 * and what is meant for YAML is a JSON string. */
#include "check.h"

#include "markdown.h"

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    return false;
}

static void check_quote(const char *quote, const char *indent)
{
    for (const char *end; *quote; quote = end + 1) {
        must(strncmp(quote, indent, strlen(indent)) == 0, "a line of a quote is not indented");
        must(strncmp(quote + strlen(indent), "> ", 2) == 0, "a line of a quote is none");
        end = strchr(quote, '\n');
        must(end, "a quote does not end");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct buf line, quote, yaml;
    struct json value;
    struct json_error error;
    arena_init(&arena);
    const char *text = arena_strndup(&arena, (const char *)data, size);
    buf_init(&line, &arena, SIZE_MAX);
    buf_init(&quote, &arena, SIZE_MAX);
    buf_init(&yaml, &arena, SIZE_MAX);
    markdown_line(&line, text);
    must(!has_control(buf_cstr(&line)), "a line has a control character");
    markdown_quote(&quote, text, "  ");
    check_quote(buf_cstr(&quote), "  ");
    markdown_yaml(&yaml, text);
    must(!has_control(buf_cstr(&yaml)), "what is meant for YAML has a control character");
    if (json_read(&arena, buf_cstr(&yaml), yaml.len, &value, &error))
        must(value.type == JSON_TEXT, "what is meant for YAML is no string");
    arena_release(&arena);
    return 0;
}
