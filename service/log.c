/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include "clock.h"

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

static void write_time(char text[TIME_LEN])
{
    int64_t now = clock_now();
    time_t seconds = (time_t)(now / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    (void)snprintf(text, TIME_LEN, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                   tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                   (int)(now / 1000 % 1000));
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

void log_line(const char *line)
{
    struct line whole = {.len = 0};
    add_text(&whole, line);
    whole.text[whole.len++] = '\n';
    write_all(whole.text, whole.len);
}
