/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown.h"

#include <ctype.h>
#include <string.h>

/* Octets of what is no character to print: C0 and C1 controls and the line separators of Unicode
 * (which YAML takes for line ends). 0: it is one to print. */
static size_t blank_len(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] <= ' ' || c[0] == 0x7F)
        return 1;
    if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0)
        return 2;
    return c[0] == 0xE2 && c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9) ? 3 : 0;
}

/* The text without what can't be printed, on one line: never longer than it is. */
static const char *one_line(struct arena *arena, const char *text)
{
    char *line = arena_alloc(arena, text ? strlen(text) + 1 : 1);
    size_t count = 0;
    bool space = false;
    for (size_t len; text && *text;) {
        len = blank_len(text);
        if (!len) {
            if (space && count)
                line[count++] = ' ';
            line[count++] = *text;
        }
        space = len != 0;
        text += len ? len : 1;
    }
    return line;
}

/* Whether the line would begin a block, other than by a character that is escaped anywhere. */
static bool begins_block(const char *line, size_t at)
{
    if (at == 0)
        return strchr("-+=>", line[0]);
    return at <= 9 && (line[at] == '.' || line[at] == ')') && /* so long may the number be */
           strspn(line, "0123456789") == at && (line[at + 1] == ' ' || !line[at + 1]);
}

/* An underscore within a word means itself (CommonMark 0.31 section 6.2), a number sign but at the
 * beginning or the end of a heading too. */
static bool is_mark(const char *line, size_t at)
{
    char before = at ? line[at - 1] : ' ';
    if (line[at] == '_')
        return !isalnum((unsigned char)before) || !isalnum((unsigned char)line[at + 1]);
    if (line[at] == '#')
        return before == ' ' || before == '#';
    return strchr("\\`*[]<&|~$", line[at]);
}

void markdown_line(struct buf *out, const char *text)
{
    const char *line = one_line(out->arena, text);
    for (size_t i = 0; line[i]; i++) {
        if (is_mark(line, i) || begins_block(line, i))
            buf_char(out, '\\');
        buf_char(out, line[i]);
    }
}

/* A tag, a comment, an instruction or an address in brackets begins like this, but no comparison.
 */
static bool begins_html(const char *text)
{
    return text[0] == '<' &&
           (text[1] == '/' || text[1] == '!' || text[1] == '?' ||
            (text[1] >= 'a' && text[1] <= 'z') || (text[1] >= 'A' && text[1] <= 'Z'));
}

void markdown_quote(struct buf *out, const char *text, const char *indent)
{
    buf_printf(out, "%s> ", indent);
    for (; *text; text++) {
        if (text[0] == '\r' && text[1] == '\n')
            continue;
        if (*text == '\n' || *text == '\r')
            buf_printf(out, "\n%s> ", indent);
        else if (begins_html(text))
            buf_text(out, "&lt;");
        else
            buf_char(out, *text);
    }
    buf_char(out, '\n');
}

/* JSON strings are YAML (YAML 1.2 section 1.3). */
void markdown_yaml(struct buf *out, const char *text)
{
    const char *line = one_line(out->arena, text);
    buf_json_string(out, line, strlen(line));
}

void markdown_time(struct buf *out, const char *time)
{
    buf_printf(out, "%.10s %.5s UTC", time, strlen(time) > 11 ? time + 11 : "");
}
