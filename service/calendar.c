/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"

#include <string.h>

#define LINE_MAX_OCTETS 75

/* A content line under way. */
struct line {
    struct buf *out;
    size_t octets;
};

/* Octets that stay together: a character, or an escape. */
static void add_unit(struct line *line, const char *octets, size_t len)
{
    if (line->octets + len > LINE_MAX_OCTETS) {
        buf_text(line->out, "\r\n ");
        line->octets = 1;
    }
    buf_add(line->out, octets, len);
    line->octets += len;
}

static size_t character_len(const char *text)
{
    size_t len = 1;
    while (((unsigned char)text[len] & 0xC0) == 0x80)
        len++;
    return len;
}

static void add(struct line *line, const char *text)
{
    for (size_t len; *text; text += len) {
        len = character_len(text);
        add_unit(line, text, len);
    }
}

/* A TEXT value (section 3.3.11); other control characters may not stand in one. */
static void add_text(struct line *line, const char *text)
{
    for (size_t len; *text; text += len) {
        len = character_len(text);
        if (text[0] == '\r' && text[1] == '\n')
            continue;
        if (text[0] == '\n' || text[0] == '\r')
            add_unit(line, "\\n", 2);
        else if (text[0] == '\\' || text[0] == ';' || text[0] == ',')
            add_unit(line, (const char[]){'\\', text[0]}, 2);
        else if ((unsigned char)text[0] < ' ' && text[0] != '\t')
            add_unit(line, " ", 1);
        else if (text[0] != 0x7F)
            add_unit(line, text, len);
    }
}

static struct line begin_line(struct buf *out, const char *name)
{
    struct line line = {out, 0};
    add(&line, name);
    add(&line, ":");
    return line;
}

static void write_value(struct buf *out, const char *name, const char *value)
{
    struct line line = begin_line(out, name);
    add(&line, value);
    buf_text(out, "\r\n");
}

static void write_text(struct buf *out, const char *name, const char *text)
{
    struct line line = begin_line(out, name);
    add_text(&line, text);
    buf_text(out, "\r\n");
}

/* "2026-03-01T09:30:00.5Z" as 20260301T093000Z. */
static void write_time(struct buf *out, const char *name, const char *time)
{
    buf_printf(out, "%s:", name);
    for (; *time && *time != '.' && *time != 'Z'; time++)
        if (*time != '-' && *time != ':')
            buf_char(out, *time);
    buf_text(out, "Z\r\n");
}

void calendar_begin(struct buf *out, const char *name)
{
    buf_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Cohelm//Cohelm//EN\r\n"
                  "CALSCALE:GREGORIAN\r\n");
    write_text(out, "NAME", name); /* RFC 7986 */
    write_text(out, "X-WR-CALNAME", name);
    buf_text(out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n");
}

void calendar_add(struct buf *out, const struct calendar_entry *entry)
{
    buf_text(out, "BEGIN:VEVENT\r\n");
    write_value(out, "UID", entry->uid);
    write_time(out, "DTSTAMP", entry->changed_at);
    write_time(out, "DTSTART", entry->at);
    buf_printf(out, "SEQUENCE:%lld\r\n", (long long)entry->sequence);
    write_text(out, "SUMMARY", entry->summary);
    write_text(out, "DESCRIPTION", entry->description);
    write_text(out, "CATEGORIES", entry->category);
    write_value(out, "URL", entry->url);
    buf_text(out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

void calendar_end(struct buf *out, bool empty)
{
    if (empty)
        buf_text(out, "BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\nBEGIN:STANDARD\r\n"
                      "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\n"
                      "END:STANDARD\r\nEND:VTIMEZONE\r\n");
    buf_text(out, "END:VCALENDAR\r\n");
}
