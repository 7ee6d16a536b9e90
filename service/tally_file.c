/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_file.h"

#include "decide/ballot_file.h"
#include "file.h"
#include "tally_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than TALLY_CELLS_MAX marks take, unless names are long. */
#define FILE_MAX ((size_t)512 * 1024 * 1024)

static const char usage[] =
    "usage: cohelm tally [--method METHOD] [--seats N] [--electorate N] [--config JSON]\n"
    "                    [--format FORMAT] [--report] FILE (- for standard input)";

struct request {
    struct ballot_file file;
    bool report;
};

static int print_faults(const char *path, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        fprintf(stderr, "cohelm: %s: %s%s%s: %s\n", path, fault->pointer,
                *fault->pointer ? " " : "", fault->code, fault->detail);
    }
    if (faults->found > faults->count)
        fprintf(stderr, "cohelm: %s: %zu faults, of which the first are listed\n", path,
                faults->found);
    return 1;
}

/* A whole number from `low` on, or -1. */
static int64_t whole(const char *text, int64_t low)
{
    char *end;
    long long number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && number >= low ? number : -1;
}

static const char *read_config(struct arena *arena, const char *text, const struct json **config)
{
    struct json *value = arena_alloc(arena, sizeof *value);
    struct json_error error;
    if (!json_read(arena, text, strlen(text), value, &error))
        return arena_printf(arena, "--config: %s", error.message);
    *config = value;
    return NULL;
}

/* What is wrong, or NULL. */
static const char *read_option(struct arena *arena, const char *name, const char *value,
                               struct ballot_file *file)
{
    if (strcmp(name, "--method") == 0) {
        file->method = value;
    } else if (strcmp(name, "--format") == 0) {
        file->format = value;
    } else if (strcmp(name, "--config") == 0) {
        return read_config(arena, value, &file->config);
    } else if (strcmp(name, "--seats") == 0) {
        file->seats = whole(value, 1);
        if (file->seats < 0)
            return "--seats must be a whole number from 1 on";
    } else if (strcmp(name, "--electorate") == 0) {
        file->electorate = whole(value, 0);
        if (file->electorate < 0)
            return "--electorate must be a whole number";
    } else {
        return usage;
    }
    return NULL;
}

static const char *read_arguments(struct arena *arena, int argc, char **argv,
                                  struct request *request)
{
    *request = (struct request){.file.electorate = -1};
    for (int i = 0; i < argc; i++) {
        bool option = argv[i][0] == '-' && argv[i][1]; /* "-" is a file */
        const char *why = NULL;
        if (strcmp(argv[i], "--report") == 0) {
            request->report = true;
        } else if (option && i + 1 < argc - 1) {
            why = read_option(arena, argv[i], argv[i + 1], &request->file);
            i++;
        } else if (!option && i == argc - 1) {
            request->file.name = argv[i];
        } else {
            why = usage;
        }
        if (why)
            return why;
    }
    return request->file.name ? NULL : usage;
}

static void print(struct arena *arena, const struct request *request, const struct tally *tally,
                  const struct tally_result *result)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    tally_write(tally, result, &buf);
    if (!request->report) {
        printf("%s\n", buf_cstr(&buf));
        return;
    }
    struct json response;
    struct json_error error;
    struct buf text;
    buf_init(&text, arena, SIZE_MAX);
    if (json_read(arena, buf.data, buf.len, &response, &error))
        tally_text(&response, &text);
    printf("%s", buf_cstr(&text));
}

int tally_file_count(struct arena *arena, int argc, char **argv)
{
    struct request request;
    struct ballot_file *file = &request.file;
    const char *why = read_arguments(arena, argc, argv, &request);
    if (!why)
        file->text = file_input(arena, file->name, FILE_MAX, &file->len, &why);
    if (why) {
        fprintf(stderr, "cohelm: %s\n", why);
        return 1;
    }
    struct faults faults;
    struct tally tally;
    struct tally_result result;
    faults_init(&faults, arena);
    if (!ballot_file_read(arena, file, &tally, &faults))
        return print_faults(file->name, &faults);
    tally_count(arena, &tally, &result);
    print(arena, &request, &tally, &result);
    return 0;
}
