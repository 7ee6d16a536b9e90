/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include "clock.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum log_level threshold = LOG_LEVEL_REQUESTS;

void log_set_level(enum log_level level)
{
    threshold = level;
}

bool log_requests(void)
{
    return threshold >= LOG_LEVEL_REQUESTS;
}

static void write_all(const char *data, size_t len)
{
    while (len) {
        ssize_t done = write(STDERR_FILENO, data, len);
        if (done <= 0)
            return; /* nobody to tell */
        data += done;
        len -= (size_t)done;
    }
}

static _Thread_local struct {
    bool gathers;
    char text[PIPE_BUF]; /* more at once may be torn (write(2)) */
    size_t len;
} kept;

void log_gather(void)
{
    kept.gathers = true;
}

void log_flush(void)
{
    write_all(kept.text, kept.len);
    kept.len = 0;
}

struct line {
    char text[2048];
    size_t len;
};

static void add_char(struct line *line, char c)
{
    if (line->len < sizeof line->text - 1)
        line->text[line->len++] = c;
}

static void add_text(struct line *line, const char *text)
{
    for (; *text; text++)
        add_char(line, *text);
}

/* Control characters can't forge a second line. */
static void add_value(struct line *line, const char *value)
{
    bool plain = *value && !strpbrk(value, " \"=\\");
    for (const char *p = value; *p; p++)
        plain = plain && (unsigned char)*p > 0x20;
    if (plain) {
        add_text(line, value);
        return;
    }
    add_char(line, '"');
    for (const char *p = value; *p; p++) {
        if (*p == '"' || *p == '\\')
            add_char(line, '\\');
        add_char(line, (unsigned char)*p < 0x20 ? ' ' : *p);
    }
    add_char(line, '"');
}

#define TIME_LEN 80

/* Lines are many in a second, and only the milliseconds differ. */
static void write_time(char text[TIME_LEN])
{
    static _Thread_local struct {
        time_t second;
        char text[TIME_LEN];
    } last = {.second = -1};
    int64_t now = clock_now();
    time_t second = (time_t)(now / 1000000);
    if (second != last.second) {
        struct tm tm;
        gmtime_r(&second, &tm);
        (void)strftime(last.text, sizeof last.text, "%Y-%m-%dT%H:%M:%S.", &tm);
        last.second = second;
    }
    size_t len = strlen(last.text);
    int milliseconds = (int)(now / 1000 % 1000);
    memcpy(text, last.text, len);
    text[len] = (char)('0' + milliseconds / 100);
    text[len + 1] = (char)('0' + milliseconds / 10 % 10);
    text[len + 2] = (char)('0' + milliseconds % 10);
    memcpy(text + len + 3, "Z", 2);
}

void log_time(struct buf *buf)
{
    char text[TIME_LEN];
    write_time(text);
    buf_text(buf, text);
}

static void write_line(const char *level, const char *message, va_list args)
{
    struct line line = {.len = 0};
    char time[TIME_LEN];
    write_time(time);
    add_text(&line, "time=");
    add_text(&line, time);
    add_text(&line, " level=");
    add_text(&line, level);
    add_text(&line, " message=");
    add_value(&line, message);
    for (const char *key; (key = va_arg(args, const char *));) {
        add_char(&line, ' ');
        add_text(&line, key);
        add_char(&line, '=');
        const char *value = va_arg(args, const char *);
        add_value(&line, value ? value : "");
    }
    line.text[line.len++] = '\n';
    log_flush();
    write_all(line.text, line.len);
}

void log_error(const char *message, ...)
{
    va_list args;
    va_start(args, message);
    write_line("error", message, args);
    va_end(args);
}

void log_info(const char *message, ...)
{
    if (threshold < LOG_LEVEL_INFO)
        return;
    va_list args;
    va_start(args, message);
    write_line("info", message, args);
    va_end(args);
}

void log_line(struct buf *line)
{
    line->max = SIZE_MAX; /* the newline belongs to every line */
    buf_char(line, '\n');
    if (line->len > sizeof kept.text - kept.len)
        log_flush();
    if (!kept.gathers || line->len > sizeof kept.text) {
        write_all(line->data, line->len);
        return;
    }
    memcpy(kept.text + kept.len, line->data, line->len);
    kept.len += line->len;
}
