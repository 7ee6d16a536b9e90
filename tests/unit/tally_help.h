/* SPDX-License-Identifier: Apache-2.0 */
/* Counting from a line of text, for the tests of the tally. Requests are JSON with ' for ". */
#ifndef COHELM_TALLY_HELP_H
#define COHELM_TALLY_HELP_H

#include "decide/tally.h"
#include "test.h"

/* One arena for all the tests of a program: they end with it. */
static struct arena help_arena;

__attribute__((unused)) static const char *help_quotes(const char *text)
{
    char *copy = arena_strdup(&help_arena, text);
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    return copy;
}

static struct json help_json(const char *text)
{
    struct json value = {.type = JSON_NULL_VALUE};
    struct json_error error = {0};
    if (!json_read(&help_arena, text, strlen(text), &value, &error))
        printf("# %s\n# %s\n", error.message, text);
    return value;
}

static const char *help_text(const struct json *value)
{
    struct buf buf;
    buf_init(&buf, &help_arena, SIZE_MAX);
    json_write(&buf, value);
    return buf_cstr(&buf);
}

/* The response, or the faults as "pointer code\n" for each. */
__attribute__((unused)) static const char *help_count(const struct json *request)
{
    struct faults faults;
    struct tally tally;
    struct tally_result result;
    struct buf buf;
    faults_init(&faults, &help_arena);
    buf_init(&buf, &help_arena, SIZE_MAX);
    if (tally_read(&help_arena, request, &tally, &faults)) {
        tally_count(&help_arena, &tally, &result);
        tally_write(&tally, &result, &buf);
    }
    for (size_t i = 0; i < faults.count; i++)
        buf_printf(&buf, "%s %s\n", faults.items[i].pointer, faults.items[i].code);
    return buf_cstr(&buf);
}

__attribute__((unused)) static const char *count(const char *request)
{
    struct json json = help_json(help_quotes(request));
    return help_count(&json);
}

/* The member of a response at a path like "report/scores", as JSON text with ' for ". */
__attribute__((unused)) static const char *part(const char *response, const char *path)
{
    if (response[0] != '{')
        return response; /* faults */
    struct json json = help_json(response);
    const struct json *value = &json;
    char *rest = arena_strdup(&help_arena, path), *key;
    while (value && (key = strsep(&rest, "/"))) {
        if (value->type == JSON_LIST && strtoul(key, NULL, 10) < value->list.count)
            value = &value->list.items[strtoul(key, NULL, 10)];
        else
            value = json_get(value, key);
    }
    if (!value)
        return "(absent)";
    char *text = arena_strdup(&help_arena, help_text(value));
    for (char *p = text; *p; p++)
        if (*p == '"')
            *p = '\'';
    return text;
}

/* A request with rankings of one-letter options: "5 ACBED, 3 A=BC" ("=" ties). Options are all the
 * letters, in alphabetical order. */
__attribute__((unused)) static const char *ranked(const char *method, int seats, const char *config,
                                                  const char *profile)
{
    struct buf buf;
    buf_init(&buf, &help_arena, SIZE_MAX);
    buf_printf(&buf, "{'method':'%s','seats':%d,'config':{%s},'options':[", method, seats, config);
    const char *comma = "";
    for (char c = 'A'; c <= 'Z'; c++)
        if (strchr(profile, c)) {
            buf_printf(&buf, "%s'%c'", comma, c);
            comma = ",";
        }
    buf_text(&buf, "],'ballots':[");
    char *rest = arena_strdup(&help_arena, profile), *item;
    for (comma = ""; (item = strsep(&rest, ",")); comma = ",") {
        char *names;
        unsigned long times = strtoul(item, &names, 10);
        buf_printf(&buf, "%s{'count':%lu,'ranking':[", comma, times);
        const char *between = "[";
        for (names += strspn(names, " "); *names; names++) {
            if (*names == '=') {
                between = ",";
                continue;
            }
            if (between[0] == ']')
                buf_text(&buf, "],[");
            else
                buf_text(&buf, between);
            buf_printf(&buf, "'%c'", *names);
            between = "]";
        }
        buf_text(&buf, between[0] == ']' ? "]]}" : "]}");
    }
    buf_text(&buf, "]}");
    return count(buf_cstr(&buf));
}

#endif
